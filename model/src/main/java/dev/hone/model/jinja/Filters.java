package dev.hone.model.jinja;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What stands after `|`.
final class Filters {
  private static final Routine.Body<Object> LENGTH = (py, value, args) -> Python.length(value);
  private static final Routine.Body<Object> DEFAULT =
      (py, value, args) -> isMissing(value, args.isTrue(1, false)) ? args.value(0, "") : value;

  private static final Map<String, Routine<Object>> ALL =
      Map.ofEntries(
          of("abs", "", (py, value, args) -> Numbers.abs(value)),
          of("batch", "linecount fill_with?", (py, value, args) -> batch(py.items(value), args)),
          of("capitalize", "", (py, value, args) -> TextMethods.capitalize(Python.str(value))),
          of("count", "", LENGTH),
          of("d", "default_value? boolean?", DEFAULT),
          of("default", "default_value? boolean?", DEFAULT),
          of("dictsort", "case_sensitive? by? reverse?", Filters::dictSort),
          of("first", "", (py, value, args) -> first(py.items(value))),
          of("float", "default?", (py, value, args) -> Numbers.toFloat(value, args.value(0, 0.0))),
          of(
              "indent",
              "width? first? blank?",
              (py, value, args) -> indent(Python.str(value), args)),
          of("int", "default?", (py, value, args) -> Numbers.toInt(value, args.value(0, 0L))),
          of("items", "", (py, value, args) -> items(value)),
          of("join", "d? attribute?", Filters::join),
          of("last", "", (py, value, args) -> first(py.items(value).reversed())),
          of("length", "", LENGTH),
          of("list", "", (py, value, args) -> new ArrayList<>(py.items(value))),
          of("lower", "", (py, value, args) -> TextMethods.lower(Python.str(value))),
          of(
              "max",
              "case_sensitive? attribute?",
              (py, value, args) -> first(sorted(py, value, args, true))),
          of(
              "min",
              "case_sensitive? attribute?",
              (py, value, args) -> first(sorted(py, value, args, false))),
          of("replace", "old new count?", (py, value, args) -> replace(Python.str(value), args)),
          of("reverse", "", Filters::reverse),
          of("round", "precision? method?", (py, value, args) -> round(value, args)),
          of("safe", "", (py, value, args) -> Python.str(value)),
          of("sort", "reverse? case_sensitive? attribute?", Filters::sort),
          of("string", "", (py, value, args) -> Python.str(value)),
          of("sum", "attribute? start?", Filters::sum),
          of("title", "", (py, value, args) -> title(Python.str(value))),
          of(
              "tojson",
              "ensure_ascii? indent? separators? sort_keys?",
              (py, value, args) -> json(args).write(value)),
          of("trim", "chars?", (py, value, args) -> trim(Python.str(value), args)),
          of("unique", "case_sensitive? attribute?", Filters::unique),
          of("upper", "", (py, value, args) -> TextMethods.upper(Python.str(value))),
          of(
              "wordcount",
              "",
              (py, value, args) -> (long) PythonText.splitAtSpace(Python.str(value), -1).size()));

  private static final java.util.Set<String> OVER_ITEMS =
      java.util.Set.of("map", "select", "reject", "selectattr", "rejectattr");

  private Filters() {}

  private static Map.Entry<String, Routine<Object>> of(
      String name, String signature, Routine.Body<Object> body) {
    return Map.entry(name, new Routine<>(signature, body));
  }

  static boolean isKnown(String name) {
    return ALL.containsKey(name) || OVER_ITEMS.contains(name);
  }

  static Object apply(Python python, String name, Object value, Function.Arguments arguments) {
    if (OVER_ITEMS.contains(name))
      return Generator.Once.of(overItems(python, name, value, arguments));
    if (!isKnown(name)) throw new TemplateException("the filter '" + name + "' is not supported");
    return ALL.get(name).apply(python, name, value, arguments);
  }

  /// `map`, `select` and their like: another filter or test, with the rest of the arguments, over
  /// every item.
  private static List<Object> overItems(
      Python python, String name, Object value, Function.Arguments arguments) {
    var results = new ArrayList<Object>();
    var items = python.items(value);
    if (name.equals("map")) {
      for (var item : items) results.add(mapped(python, item, arguments));
      return results;
    }
    boolean byAttribute = name.endsWith("attr");
    boolean keeps = name.startsWith("select");
    if (byAttribute && arguments.positional().isEmpty()) {
      throw new TemplateException("'" + name + "' needs the name of an attribute");
    }
    for (var item : items) {
      var subject = byAttribute ? attribute(python, item, arguments.positional().getFirst()) : item;
      if (holds(python, subject, arguments, byAttribute ? 1 : 0) == keeps) results.add(item);
    }
    return results;
  }

  private static Object mapped(Python python, Object item, Function.Arguments arguments) {
    if (arguments.positional().isEmpty()) {
      var args = Bound.of("map", "attribute default?", arguments);
      var found = attribute(python, item, args.value(0));
      return found instanceof Undefined && args.has(1) ? args.value(1) : found;
    }
    return apply(
        python, Python.str(arguments.positional().getFirst()), item, without(arguments, 1));
  }

  /// Whether the test named by argument `at` holds; with no such argument, whether the value is
  /// true.
  private static boolean holds(Python python, Object value, Function.Arguments arguments, int at) {
    if (arguments.positional().size() <= at) return Python.isTrue(value);
    return TypeTests.isTrue(
        python, Python.str(arguments.positional().get(at)), value, without(arguments, at + 1));
  }

  private static Function.Arguments without(Function.Arguments arguments, int first) {
    var positional = arguments.positional();
    return new Function.Arguments(positional.subList(first, positional.size()), arguments.named());
  }

  /// `item.a.b.0` for the attribute `a.b.0`.
  private static Object attribute(Python python, Object item, Object path) {
    if (!(path instanceof String text)) return Attributes.item(python, item, path);
    var value = item;
    for (var part : text.split("\\.")) {
      boolean isIndex = part.matches("\\d{1,9}");
      value = Attributes.item(python, value, isIndex ? (Object) Long.valueOf(part) : part);
    }
    return value;
  }

  private static boolean isMissing(Object value, boolean isFalseMissing) {
    return value instanceof Undefined || isFalseMissing && !Python.isTrue(value);
  }

  private static Object first(List<Object> items) {
    return items.isEmpty()
        ? new Undefined("there is no item: the sequence is empty")
        : items.getFirst();
  }

  private static Object batch(List<Object> items, Bound args) {
    int size = args.integer(0, 0);
    if (size < 1) throw new TemplateException("'batch' asks for a size of at least 1");
    var rows = new ArrayList<Object>();
    for (int i = 0; i < items.size(); i += size) {
      var row = new ArrayList<>(items.subList(i, Math.min(i + size, items.size())));
      Budget.checkLength(size);
      while (args.value(1) != null && row.size() < size) row.add(args.value(1));
      rows.add(row);
    }
    return Generator.Once.of(rows);
  }

  static List<Object> pairs(Map<?, ?> map) {
    var pairs = new ArrayList<Object>();
    map.forEach((key, value) -> pairs.add(Tuple.of(key, value)));
    return pairs;
  }

  private static Object items(Object value) {
    if (value instanceof Undefined) return Generator.Once.of(List.of());
    if (value instanceof Map<?, ?> map) return Generator.Once.of(pairs(map));
    throw new TemplateException("'items' asks for a mapping, got " + Python.described(value));
  }

  private static Object dictSort(Python python, Object value, Bound args) {
    if (!(value instanceof Map<?, ?> map)) {
      throw new TemplateException("'dictsort' asks for a mapping, got " + Python.described(value));
    }
    var by = args.text(1, "key");
    if (!by.equals("key") && !by.equals("value"))
      throw new TemplateException("'dictsort' is by 'key' or 'value'");
    var pairs = pairs(map);
    long position = by.equals("key") ? 0 : 1;
    return ordered(
        python, pairs, Optional.of(position), args.isTrue(0, false), args.isTrue(2, false));
  }

  private static Object sort(Python python, Object value, Bound args) {
    return ordered(
        python, python.items(value), path(args, 2), args.isTrue(1, false), args.isTrue(0, false));
  }

  private static List<Object> sorted(Python python, Object value, Bound args, boolean isReversed) {
    return ordered(python, python.items(value), path(args, 1), args.isTrue(0, false), isReversed);
  }

  private static Optional<Object> path(Bound args, int index) {
    return Optional.ofNullable(args.value(index));
  }

  private static List<Object> ordered(
      Python python,
      List<Object> items,
      Optional<?> path,
      boolean isCaseSensitive,
      boolean isReversed) {
    Comparator<Object> order =
        (a, b) ->
            python.compare(
                key(python, a, path, isCaseSensitive), key(python, b, path, isCaseSensitive));
    var ordered = new ArrayList<>(items);
    ordered.sort(isReversed ? order.reversed() : order);
    return ordered;
  }

  private static Object key(Python python, Object item, Optional<?> path, boolean isCaseSensitive) {
    var key = path.isPresent() ? attribute(python, item, path.get()) : item;
    return key instanceof String text && !isCaseSensitive ? TextMethods.lower(text) : key;
  }

  private static Object unique(Python python, Object value, Bound args) {
    var seen = new ArrayList<Object>();
    var results = new ArrayList<Object>();
    for (var item : python.items(value)) {
      var key = key(python, item, path(args, 1), args.isTrue(0, false));
      if (python.contains(seen, key)) continue;
      seen.add(key);
      results.add(item);
    }
    return Generator.Once.of(results);
  }

  private static Object indent(String text, Bound args) {
    var by =
        args.value(0) instanceof String given
            ? given
            : " ".repeat(Math.clamp(args.integer(0, 4), 0, 10_000));
    boolean indentsBlank = args.isTrue(2, false);
    var out = new StringBuilder(args.isTrue(1, false) ? by : "");
    var lines = PythonText.lines(text + "\n");
    for (int i = 0; i < lines.size(); i++) {
      if (i > 0) Budget.append(out, "\n");
      if (i > 0 && (indentsBlank || !lines.get(i).isEmpty())) Budget.append(out, by);
      Budget.append(out, lines.get(i));
    }
    return out.toString();
  }

  private static Object join(Python python, Object value, Bound args) {
    var separator = Python.str(args.value(0, ""));
    var out = new StringBuilder();
    var between = "";
    for (var item : python.items(value)) {
      Budget.append(out, between);
      Budget.append(
          out, Python.str(args.value(1) == null ? item : attribute(python, item, args.value(1))));
      between = separator;
    }
    return out.toString();
  }

  private static Object replace(String text, Bound args) {
    return TextMethods.replace(
        text, Python.str(args.value(0)), Python.str(args.value(1)), args.integer(2, -1));
  }

  private static Object reverse(Python python, Object value, Bound args) {
    var reversed = python.items(value).reversed();
    if (!(value instanceof String)) return Generator.Once.of(reversed);
    return python.concat(reversed);
  }

  private static Object round(Object value, Bound args) {
    if (value instanceof Undefined undefined) throw undefined.failure();
    return Numbers.round(value, args.integer(0, 0), args.text(1, "common"));
  }

  private static Object sum(Python python, Object value, Bound args) {
    var total = args.value(1, 0L);
    for (var item : python.items(value)) {
      total =
          python.binary(
              "+", total, args.value(0) == null ? item : attribute(python, item, args.value(0)));
    }
    return total;
  }

  /// Unlike the method of that name: a word begins after white space, a hyphen or an opening
  /// bracket only.
  private static String title(String text) {
    var out = new StringBuilder();
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      boolean isBorder =
          i == text.length()
              || PythonText.isSpace(text.charAt(i))
              || "-({[<".indexOf(text.charAt(i)) >= 0;
      if (!isBorder) continue;
      out.append(capitalised(text.substring(start, i)));
      if (i < text.length()) out.append(text.charAt(i));
      start = i + 1;
    }
    return out.toString();
  }

  private static String capitalised(String word) {
    if (word.isEmpty()) return word;
    int end = word.offsetByCodePoints(0, 1);
    return TextMethods.upper(word.substring(0, end)) + TextMethods.lower(word.substring(end));
  }

  private static String trim(String text, Bound args) {
    return PythonText.strip(text, args.text(0, PythonText.WHITESPACE), true, true);
  }

  private static Json json(Bound args) {
    var indent =
        Optional.ofNullable(args.value(1))
            .map(by ->
                by instanceof String text
                    ? text
                    : " ".repeat(Math.clamp(args.integer(1, 0), 0, 1000)));
    var item = indent.isPresent() ? "," : ", ";
    var key = ": ";
    if (args.value(2) instanceof List<?> separators && separators.size() == 2) {
      item = Python.str(separators.getFirst());
      key = Python.str(separators.getLast());
    }
    return new Json(indent, item, key, args.isTrue(0, false), args.isTrue(3, false));
  }
}
