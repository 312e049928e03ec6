package dev.hone.model.jinja;

import dev.hone.model.jinja.Expr.Args;
import dev.hone.model.jinja.Token.Kind;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Parses expressions. From loose to tight, as Jinja2 binds them: `x if y else z`, `or`, `and`,
/// `not`, comparisons with `in`, `+ -`, `~`, `* / // %`, `**` (from the left), sign, then `.` `[]`
/// `()`, then `|` filters and `is` tests.
final class ExpressionParser {
  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
  private static final Set<String> AFTER_BARE_TEST = Set.of("else", "or", "and", "is");
  private static final Expr NONE = new Expr.Literal(null);

  private final TokenStream tokens;

  ExpressionParser(TokenStream tokens) {
    this.tokens = tokens;
  }

  Expr expression() {
    return conditional();
  }

  /// An expression, or several with commas between: a tuple.
  Expr expressionOrTuple() {
    return tuple(true);
  }

  /// The same without `x if y else z`, for the places where `if` means something else.
  Expr unconditional() {
    return tuple(false);
  }

  private Expr tuple(boolean withConditional) {
    var items = new ArrayList<Expr>();
    boolean hasComma = false;
    do {
      if (!items.isEmpty() && isEndOfTuple()) break;
      items.add(withConditional ? conditional() : or());
      hasComma |= tokens.peek().isOperator(",");
    } while (tokens.takeOperator(","));
    return hasComma ? new Expr.TupleOf(items) : items.getFirst();
  }

  private boolean isEndOfTuple() {
    var token = tokens.peek();
    return switch (token.kind()) {
      case BLOCK_END, PRINT_END -> true;
      case DATA, BLOCK_BEGIN, PRINT_BEGIN, NAME, STRING, INTEGER, FLOAT, OPERATOR, END ->
          token.isOperator(")");
    };
  }

  private Expr conditional() {
    var then = or();
    while (tokens.takeName("if")) {
      var test = or();
      Expr otherwise = new Expr.Literal(Undefined.ofMissingElse());
      if (tokens.takeName("else")) otherwise = conditional();
      then = new Expr.Conditional(test, then, otherwise);
    }
    return then;
  }

  private Expr or() {
    var left = and();
    while (tokens.takeName("or")) left = new Expr.Or(left, and());
    return left;
  }

  private Expr and() {
    var left = not();
    while (tokens.takeName("and")) left = new Expr.And(left, not());
    return left;
  }

  private Expr not() {
    return tokens.takeName("not") ? new Expr.Not(not()) : compare();
  }

  private Expr compare() {
    var first = sum();
    var steps = new ArrayList<Expr.Step>();
    while (true) {
      var token = tokens.peek();
      if (token.kind() == Kind.OPERATOR && COMPARISONS.contains(token.text())) {
        steps.add(new Expr.Step(tokens.take().text(), sum()));
      } else if (tokens.takeName("in")) {
        steps.add(new Expr.Step("in", sum()));
      } else if (token.isName("not") && tokens.peekSecond().isName("in")) {
        tokens.take();
        tokens.take();
        steps.add(new Expr.Step("not in", sum()));
      } else {
        return steps.isEmpty() ? first : new Expr.Compare(first, steps);
      }
    }
  }

  private Expr sum() {
    var left = concat();
    while (isOperator("+", "-")) left = new Expr.Binary(tokens.take().text(), left, concat());
    return left;
  }

  private Expr concat() {
    var parts = new ArrayList<Expr>();
    do {
      parts.add(product());
    } while (tokens.takeOperator("~"));
    return parts.size() == 1 ? parts.getFirst() : new Expr.Concat(parts);
  }

  private Expr product() {
    var left = power();
    while (isOperator("*", "/", "//", "%"))
      left = new Expr.Binary(tokens.take().text(), left, power());
    return left;
  }

  private Expr power() {
    var left = unary(true);
    while (isOperator("**")) left = new Expr.Binary(tokens.take().text(), left, unary(true));
    return left;
  }

  private Expr unary(boolean withFilters) {
    Expr operand;
    if (isOperator("-", "+")) {
      operand = new Expr.Sign(tokens.take().text().equals("-"), unary(false));
    } else {
      operand = primary();
    }
    operand = postfix(operand);
    return withFilters ? filtersAndTests(operand) : operand;
  }

  private boolean isOperator(String... operators) {
    for (var operator : operators) {
      if (tokens.peek().isOperator(operator)) return true;
    }
    return false;
  }

  private Expr primary() {
    var token = tokens.take();
    return switch (token.kind()) {
      case NAME -> name(token.text());
      case STRING -> string(token.text());
      case INTEGER -> new Expr.Literal(Numbers.ofBig(new BigInteger(token.text())));
      case FLOAT -> new Expr.Literal(Double.valueOf(token.text()));
      case OPERATOR -> bracketed(token);
      case DATA, BLOCK_BEGIN, BLOCK_END, PRINT_BEGIN, PRINT_END, END ->
          throw new SyntaxError("expected an expression, got " + token.described(), token.line());
    };
  }

  private static Expr name(String name) {
    return switch (name) {
      case "true", "True" -> new Expr.Literal(true);
      case "false", "False" -> new Expr.Literal(false);
      case "none", "None" -> NONE;
      default -> new Expr.Name(name);
    };
  }

  private Expr string(String first) {
    var text = new StringBuilder(first);
    while (tokens.isNext(Kind.STRING)) text.append(tokens.take().text());
    return new Expr.Literal(text.toString());
  }

  private Expr bracketed(Token open) {
    return switch (open.text()) {
      case "(" -> parenthesised();
      case "[" -> new Expr.ListOf(itemsUpTo("]"));
      case "{" -> dict();
      default ->
          throw new SyntaxError("expected an expression, got " + open.described(), open.line());
    };
  }

  private Expr parenthesised() {
    if (tokens.takeOperator(")")) return new Expr.TupleOf(List.of());
    var inner = expressionOrTuple();
    tokens.expectOperator(")");
    return inner;
  }

  private List<Expr> itemsUpTo(String close) {
    var items = new ArrayList<Expr>();
    while (!tokens.takeOperator(close)) {
      if (!items.isEmpty()) {
        tokens.expectOperator(",");
        if (tokens.takeOperator(close)) break;
      }
      items.add(expression());
    }
    return items;
  }

  private Expr dict() {
    var keys = new ArrayList<Expr>();
    var values = new ArrayList<Expr>();
    while (!tokens.takeOperator("}")) {
      if (!keys.isEmpty()) {
        tokens.expectOperator(",");
        if (tokens.takeOperator("}")) break;
      }
      keys.add(expression());
      tokens.expectOperator(":");
      values.add(expression());
    }
    return new Expr.DictOf(keys, values);
  }

  private Expr postfix(Expr start) {
    var target = start;
    while (true) {
      if (tokens.takeOperator(".")) {
        target = afterDot(target);
      } else if (tokens.takeOperator("[")) {
        target = subscript(target);
      } else if (tokens.takeOperator("(")) {
        target = new Expr.Call(target, args());
      } else {
        return target;
      }
    }
  }

  private Expr afterDot(Expr target) {
    var token = tokens.take();
    return switch (token.kind()) {
      case NAME -> new Expr.Attribute(target, token.text());
      case INTEGER -> new Expr.Item(target, new Expr.Literal(Long.valueOf(token.text())));
      case DATA, BLOCK_BEGIN, BLOCK_END, PRINT_BEGIN, PRINT_END, STRING, FLOAT, OPERATOR, END ->
          throw new SyntaxError(
              "expected a name after '.', got " + token.described(), token.line());
    };
  }

  private Expr subscript(Expr target) {
    Expr start = tokens.peek().isOperator(":") ? NONE : expression();
    if (tokens.takeOperator("]")) return new Expr.Item(target, start);
    tokens.expectOperator(":");
    var stop = slicePart();
    Expr step = NONE;
    if (tokens.takeOperator(":")) step = slicePart();
    tokens.expectOperator("]");
    return new Expr.Slice(target, start, stop, step);
  }

  private Expr slicePart() {
    return isOperator(":", "]") ? NONE : expression();
  }

  private Args args() {
    var positional = new ArrayList<Expr>();
    var named = new LinkedHashMap<String, Expr>();
    while (!tokens.takeOperator(")")) {
      if (!positional.isEmpty() || !named.isEmpty()) {
        tokens.expectOperator(",");
        if (tokens.takeOperator(")")) break;
      }
      argument(positional, named);
    }
    return new Args(positional, named);
  }

  private void argument(List<Expr> positional, Map<String, Expr> named) {
    if (isOperator("*", "**")) throw tokens.error("arguments with '*' are not supported");
    if (tokens.isNext(Kind.NAME) && tokens.peekSecond().isOperator("=")) {
      var name = tokens.take().text();
      tokens.take();
      if (named.put(name, expression()) != null)
        throw tokens.error("the argument '" + name + "' is given twice");
    } else if (!named.isEmpty()) {
      throw tokens.error("a positional argument after a named one");
    } else {
      positional.add(expression());
    }
  }

  private Expr filtersAndTests(Expr start) {
    var target = start;
    while (true) {
      if (tokens.takeOperator("|")) {
        target = filter(target);
      } else if (tokens.takeName("is")) {
        target = test(target);
      } else if (tokens.takeOperator("(")) {
        target = new Expr.Call(target, args());
      } else {
        return target;
      }
    }
  }

  /// One filter, the `|` before it taken already.
  Expr filter(Expr target) {
    var name = tokens.expect(Kind.NAME, "the name of a filter");
    if (!Filters.isKnown(name.text())) {
      throw new SyntaxError("the filter '" + name.text() + "' is not supported", name.line());
    }
    return new Expr.Filter(target, name.text(), tokens.takeOperator("(") ? args() : Args.NONE);
  }

  private Expr test(Expr target) {
    boolean isNegated = tokens.takeName("not");
    var name = tokens.expect(Kind.NAME, "the name of a test");
    if (!TypeTests.isKnown(name.text())) {
      throw new SyntaxError("the test '" + name.text() + "' is not supported", name.line());
    }
    var test = new Expr.Test(target, name.text(), testArgs());
    return isNegated ? new Expr.Not(test) : test;
  }

  /// A test takes its one argument with or without brackets: `is equalto 3`.
  private Args testArgs() {
    if (tokens.takeOperator("(")) return args();
    var token = tokens.peek();
    boolean isArgument =
        switch (token.kind()) {
          case NAME -> !AFTER_BARE_TEST.contains(token.text());
          case STRING, INTEGER, FLOAT -> true;
          case OPERATOR -> isOperator("[", "{");
          case DATA, BLOCK_BEGIN, BLOCK_END, PRINT_BEGIN, PRINT_END, END -> false;
        };
    return isArgument ? new Args(List.of(postfix(primary())), Map.of()) : Args.NONE;
  }
}
