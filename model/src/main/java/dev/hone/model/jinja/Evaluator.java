package dev.hone.model.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/// Evaluates expressions.
record Evaluator(Python python) {
  Object evaluate(Expr expr, Scope scope) {
    python.budget().step();
    return switch (expr) {
      case Expr.Literal(var value) -> value;
      case Expr.Name(var name) -> scope.get(name);
      case Expr.ListOf(var items) -> evaluateAll(items, scope);
      case Expr.TupleOf(var items) -> new Tuple(evaluateAll(items, scope));
      case Expr.DictOf dict -> dict(dict, scope);
      case Expr.Attribute(var target, var name) ->
          Attributes.attribute(python, evaluate(target, scope), name);
      case Expr.Item(var target, var key) ->
          Attributes.item(python, evaluate(target, scope), evaluate(key, scope));
      case Expr.Slice slice -> slice(slice, scope);
      case Expr.Call call -> call(call, scope);
      case Expr.Filter(var target, var name, var args) ->
          Filters.apply(python, name, evaluate(target, scope), arguments(args, scope));
      case Expr.Test(var target, var name, var args) ->
          TypeTests.isTrue(python, name, evaluate(target, scope), arguments(args, scope));
      case Expr.Not(var operand) -> !isTrue(operand, scope);
      case Expr.And(var left, var right) -> shortCircuit(left, right, false, scope);
      case Expr.Or(var left, var right) -> shortCircuit(left, right, true, scope);
      case Expr.Sign sign -> sign(sign, scope);
      case Expr.Binary(var operator, var left, var right) ->
          python.binary(operator, evaluate(left, scope), evaluate(right, scope));
      case Expr.Concat(var parts) -> python.concat(evaluateAll(parts, scope));
      case Expr.Compare compare -> compare(compare, scope);
      case Expr.Conditional(var test, var then, var otherwise) ->
          evaluate(isTrue(test, scope) ? then : otherwise, scope);
    };
  }

  boolean isTrue(Expr expr, Scope scope) {
    return Python.isTrue(evaluate(expr, scope));
  }

  private List<Object> evaluateAll(List<Expr> exprs, Scope scope) {
    var values = new ArrayList<Object>(exprs.size());
    for (var expr : exprs) values.add(evaluate(expr, scope));
    return values;
  }

  private Object dict(Expr.DictOf dict, Scope scope) {
    var map = new LinkedHashMap<Object, Object>();
    for (int i = 0; i < dict.keys().size(); i++) {
      map.put(evaluate(dict.keys().get(i), scope), evaluate(dict.values().get(i), scope));
    }
    return map;
  }

  private Object slice(Expr.Slice slice, Scope scope) {
    return python.slice(
        evaluate(slice.target(), scope),
        evaluate(slice.start(), scope),
        evaluate(slice.stop(), scope),
        evaluate(slice.step(), scope));
  }

  private Object call(Expr.Call call, Scope scope) {
    var target = evaluate(call.target(), scope);
    if (target instanceof Undefined undefined) throw undefined.failure();
    if (!(target instanceof Function function)) {
      throw new TemplateException(Python.described(target) + " cannot be called");
    }
    return function.call(arguments(call.args(), scope));
  }

  private Function.Arguments arguments(Expr.Args args, Scope scope) {
    var named = new LinkedHashMap<String, Object>();
    args.named().forEach((name, expr) -> named.put(name, evaluate(expr, scope)));
    return new Function.Arguments(evaluateAll(args.positional(), scope), named);
  }

  /// `and` and `or` give one of their operands, as it is.
  private Object shortCircuit(Expr left, Expr right, boolean decides, Scope scope) {
    var value = evaluate(left, scope);
    return Python.isTrue(value) == decides ? value : evaluate(right, scope);
  }

  private Object sign(Expr.Sign sign, Scope scope) {
    var value = evaluate(sign.operand(), scope);
    if (value instanceof Undefined undefined) throw undefined.failure();
    if (!Numbers.isNumber(value))
      throw new TemplateException("a sign before " + Python.described(value));
    return sign.isNegative() ? Numbers.negate(value) : Numbers.arithmetic("+", value, 0L);
  }

  private boolean compare(Expr.Compare compare, Scope scope) {
    var left = evaluate(compare.first(), scope);
    for (var step : compare.steps()) {
      var right = evaluate(step.operand(), scope);
      if (!holds(step.operator(), left, right)) return false;
      left = right;
    }
    return true;
  }

  private boolean holds(String operator, Object left, Object right) {
    return switch (operator) {
      case "==" -> python.equal(left, right);
      case "!=" -> !python.equal(left, right);
      case "<" -> python.compare(left, right) < 0;
      case "<=" -> python.compare(left, right) <= 0;
      case ">" -> python.compare(left, right) > 0;
      case ">=" -> python.compare(left, right) >= 0;
      case "in" -> python.contains(right, left);
      case "not in" -> !python.contains(right, left);
      default -> throw new IllegalArgumentException(operator);
    };
  }
}
