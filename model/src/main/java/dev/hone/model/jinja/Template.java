package dev.hone.model.jinja;

import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// A compiled template. Immutable: any number of threads may render it.
public final class Template {
  private static final int MAX_RANGE = 100_000;

  private final String name;
  private final List<Node> nodes;

  private Template(String name, List<Node> nodes) {
    this.name = name;
    this.nodes = nodes;
  }

  /// What a template renders to.
  ///
  /// @param text the text
  /// @param generations where `{% generation %}` blocks lie in it, in the order of their ends; none
  ///   for a block inside a macro or block assignment
  public record Rendering(String text, List<Span> generations) {
    public Rendering {
      generations = List.copyOf(generations);
    }
  }

  /// A part of a text, in UTF-16 units.
  public record Span(int start, int end) {}

  /// Compiles a template; `name` is how errors call it.
  ///
  /// @throws TemplateException where it isn't a template, or uses a tag, filter or test that isn't
  ///   supported
  public static Template compile(String name, String source) {
    try {
      return new Template(name, Parser.parse(source));
    } catch (SyntaxError e) {
      throw new TemplateException(e.getMessage()).at(name, e.line());
    } catch (StackOverflowError e) {
      throw new TemplateException("brackets or blocks are nested too deeply").at(name, 1);
    }
  }

  /// Renders with the clock of the machine.
  public Rendering render(Map<String, ?> variables) {
    return render(variables, LocalDateTime::now);
  }

  /// Renders with these variables.
  ///
  /// @param variables JSON values: null, Boolean, Number, String, List, Map; never changed
  /// @param clock what `strftime_now` shows
  /// @throws TemplateException where the template refuses them or goes wrong
  public Rendering render(Map<String, ?> variables, Supplier<LocalDateTime> clock) {
    var scope = new HashMap<String, Object>(globals(clock));
    variables.forEach((key, value) -> scope.put(key, Python.valueOf(value)));
    try {
      return new Interpreter(name).render(nodes, scope);
    } catch (StackOverflowError e) {
      throw new TemplateException("macros, blocks or values are nested too deeply").at(name, 1);
    }
  }

  private static Map<String, Object> globals(Supplier<LocalDateTime> clock) {
    return Map.of(
        "raise_exception", (Function) Template::raise,
        "strftime_now", (Function) args -> strftime(clock.get(), args),
        "range", (Function) Template::range,
        "namespace", (Function) args -> new Namespace(merged("namespace", args)),
        "dict", (Function) args -> new LinkedHashMap<Object, Object>(merged("dict", args)));
  }

  private static Object raise(Function.Arguments arguments) {
    throw TemplateException.raised(
        Python.str(Bound.of("raise_exception", "message", arguments).value(0)));
  }

  private static Object strftime(LocalDateTime now, Function.Arguments arguments) {
    return Strftime.format(now, Bound.of("strftime_now", "format", arguments).text(0));
  }

  private static Object range(Function.Arguments arguments) {
    var args = Bound.of("range", "start stop? step?", arguments);
    long first = args.has(1) ? args.integer(0, 0) : 0;
    long stop = args.integer(args.has(1) ? 1 : 0, 0);
    long step = args.integer(2, 1);
    if (step == 0) throw new TemplateException("'range' with a step of zero");
    long size = Math.max(0, Math.ceilDiv(stop - first, step));
    if (size > MAX_RANGE)
      throw new TemplateException("'range' of more than " + MAX_RANGE + " numbers");
    var numbers = new java.util.ArrayList<Object>((int) size);
    for (long i = 0; i < size; i++) numbers.add(first + i * step);
    return numbers;
  }

  /// `dict(mapping, name=value, …)`
  private static Map<String, Object> merged(String function, Function.Arguments arguments) {
    var merged = new LinkedHashMap<String, Object>();
    for (var value : arguments.positional()) {
      if (!(value instanceof Map<?, ?> map) || arguments.positional().size() > 1) {
        throw new TemplateException(
            "'%s' takes one mapping and named arguments".formatted(function));
      }
      map.forEach((key, item) -> merged.put(Python.str(key), item));
    }
    merged.putAll(arguments.named());
    return merged;
  }
}
