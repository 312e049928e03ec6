package dev.hone.model.jinja;

import dev.hone.model.jinja.Template.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Runs statements, once: one per rendering.
final class Interpreter {
  /// What a statement asks the loop around it to do.
  private enum Flow {
    ON,
    BREAK,
    CONTINUE
  }

  private final String templateName;
  private final Evaluator evaluator;
  private final Python python;
  private final List<Span> generations = new ArrayList<>();
  private StringBuilder out = new StringBuilder();

  /// How many macros and block assignments are being rendered: text whose place in the whole isn't
  /// known yet.
  private int captures;

  Interpreter(String templateName) {
    this.templateName = templateName;
    this.python = new Python(new Budget());
    this.evaluator = new Evaluator(python);
  }

  Template.Rendering render(List<Node> nodes, Map<String, Object> variables) {
    run(nodes, Scope.of(variables));
    return new Template.Rendering(out.toString(), generations);
  }

  private Flow run(List<Node> nodes, Scope scope) {
    for (var node : nodes) {
      var flow = runLocated(node, scope);
      if (flow != Flow.ON) return flow;
    }
    return Flow.ON;
  }

  private Flow runLocated(Node node, Scope scope) {
    try {
      python.budget().step();
      return run(node, scope);
    } catch (TemplateException e) {
      throw e.getCause() == null ? e.at(templateName, node.line()) : e;
    }
  }

  private Flow run(Node node, Scope scope) {
    return switch (node) {
      case Node.Text(_, var text) -> print(text);
      case Node.Print(_, var value) -> print(Python.str(evaluator.evaluate(value, scope)));
      case Node.Set(_, var target, var value) ->
          assign(target, evaluator.evaluate(value, scope), scope);
      case Node.SetBlock block -> setBlock(block, scope);
      case Node.If conditional -> runBranch(conditional, scope);
      case Node.For loop -> loop(loop, scope);
      case Node.Macro macro -> define(macro, scope);
      case Node.Generation(_, var body) -> generation(body, scope);
      case Node.Break _ -> Flow.BREAK;
      case Node.Continue _ -> Flow.CONTINUE;
    };
  }

  private Flow print(String text) {
    Budget.append(out, text);
    python.budget().spendOn(text);
    return Flow.ON;
  }

  private Flow assign(Node.Target target, Object value, Scope scope) {
    switch (target) {
      case Node.Target.Name(var name) -> scope.set(name, value);
      case Node.Target.Attribute(var namespace, var name) -> {
        if (!(scope.get(namespace) instanceof Namespace found)) {
          throw new TemplateException(
              "cannot assign an attribute of '%s': it is no namespace".formatted(namespace));
        }
        found.attributes().put(name, value);
      }
      case Node.Target.Unpack(var targets) -> {
        var items = python.items(value);
        if (items.size() != targets.size()) {
          throw new TemplateException(
              "%d values for %d names".formatted(items.size(), targets.size()));
        }
        for (int i = 0; i < items.size(); i++) assign(targets.get(i), items.get(i), scope);
      }
    }
    return Flow.ON;
  }

  private Flow setBlock(Node.SetBlock block, Scope scope) {
    var inner = scope.inner();
    inner.set(Node.SetBlock.BODY, captured(block.body(), inner));
    return assign(block.target(), evaluator.evaluate(block.value(), inner), scope);
  }

  /// The text that `body` renders to, kept out of the output.
  private String captured(List<Node> body, Scope scope) {
    var outer = out;
    out = new StringBuilder();
    captures++;
    run(body, scope);
    captures--;
    var text = out.toString();
    out = outer;
    return text;
  }

  private Flow runBranch(Node.If conditional, Scope scope) {
    for (var branch : conditional.branches()) {
      if (evaluator.isTrue(branch.test(), scope)) return run(branch.body(), scope);
    }
    return run(conditional.otherwise(), scope);
  }

  private Flow loop(Node.For loop, Scope scope) {
    var items = loopItems(loop, scope);
    if (items.isEmpty()) return run(loop.otherwise(), scope.inner());
    var state = new LoopState(items, python);
    for (var item : items) {
      python.budget().step();
      state.advance();
      var inner = scope.inner();
      inner.set("loop", state);
      assign(loop.target(), item, inner);
      if (run(loop.body(), inner) == Flow.BREAK) break;
    }
    return Flow.ON;
  }

  private List<Object> loopItems(Node.For loop, Scope scope) {
    var items = python.items(evaluator.evaluate(loop.items(), scope));
    if (loop.filter().isEmpty()) return items;
    var kept = new ArrayList<Object>();
    for (var item : items) {
      var inner = scope.inner();
      assign(loop.target(), item, inner);
      if (evaluator.isTrue(loop.filter().get(), inner)) kept.add(item);
    }
    return kept;
  }

  private Flow define(Node.Macro macro, Scope scope) {
    scope.set(macro.name(), (Function) arguments -> call(macro, arguments, scope));
    return Flow.ON;
  }

  private Object call(Node.Macro macro, Function.Arguments arguments, Scope definedIn) {
    var scope = definedIn.inner();
    int firstDefault = macro.parameters().size() - macro.defaults().size();
    var signature = macro.parameters().isEmpty() ? "" : String.join("? ", macro.parameters()) + "?";
    var bound = Bound.of(macro.name(), signature, arguments);
    for (int i = 0; i < macro.parameters().size(); i++) {
      var name = macro.parameters().get(i);
      Object value = bound.value(i);
      if (!bound.has(i) && i < firstDefault)
        value = new Undefined("parameter '" + name + "' was not provided");
      else if (!bound.has(i))
        value = evaluator.evaluate(macro.defaults().get(i - firstDefault), scope);
      scope.set(name, value);
    }
    return captured(macro.body(), scope);
  }

  private Flow generation(List<Node> body, Scope scope) {
    int start = out.length();
    run(body, scope.inner());
    if (captures == 0) generations.add(new Span(start, out.length()));
    return Flow.ON;
  }
}
