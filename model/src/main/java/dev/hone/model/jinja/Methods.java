package dev.hone.model.jinja;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Methods of text, lists and dicts. Those that change a list or dict are out of reach, as in
/// Jinja2's immutable sandbox.
final class Methods {
  private static final Set<String> LIST_CHANGES =
      Set.of("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort");
  private static final Set<String> DICT_CHANGES =
      Set.of("clear", "pop", "popitem", "setdefault", "update");

  private static final Map<String, Routine<Map<?, ?>>> OF_DICT =
      Map.of(
          "get",
              new Routine<>(
                  "key default?", (py, map, args) -> get(map, args.value(0), args.value(1))),
          "keys",
              new Routine<>(
                  "",
                  (py, map, args) ->
                      new Generator.View("keys", new java.util.ArrayList<>(map.keySet()))),
          "values",
              new Routine<>(
                  "",
                  (py, map, args) ->
                      new Generator.View("values", new java.util.ArrayList<>(map.values()))),
          "items",
              new Routine<>("", (py, map, args) -> new Generator.View("items", Filters.pairs(map))),
          "copy", new Routine<>("", (py, map, args) -> map));

  private static final Map<String, Routine<List<?>>> OF_LIST =
      Map.of(
          "count", new Routine<>("value", (py, list, args) -> count(py, list, args.value(0))),
          "index", new Routine<>("value", (py, list, args) -> index(py, list, args.value(0))),
          "copy", new Routine<>("", (py, list, args) -> list));

  private Methods() {}

  /// The method `name` of `value`, bound to it; an [Undefined] where the sandbox forbids it; empty
  /// where there is none.
  static Optional<Object> find(Python python, Object value, String name) {
    return switch (value) {
      case String text ->
          bound(python, text, name, TextMethods.ALL.get(name)).or(() -> unsupported(name));
      case Map<?, ?> map when DICT_CHANGES.contains(name) -> Optional.of(forbidden(map, name));
      case Map<?, ?> map -> bound(python, map, name, OF_DICT.get(name));
      case List<?> list when !(value instanceof Tuple) && LIST_CHANGES.contains(name) ->
          Optional.of(forbidden(list, name));
      case List<?> list -> bound(python, list, name, OF_LIST.get(name));
      case null, default -> Optional.empty();
    };
  }

  private static <V> Optional<Object> bound(
      Python python, V value, String name, Routine<V> routine) {
    return Optional.ofNullable(routine)
        .map(found -> (Function) args -> found.apply(python, name, value, args));
  }

  /// Python has the method, this engine doesn't: an error once it is called.
  private static Optional<Object> unsupported(String name) {
    if (!TextMethods.UNSUPPORTED.contains(name)) return Optional.empty();
    Function refusal =
        args -> {
          throw new TemplateException("the method '" + name + "' of text is not supported");
        };
    return Optional.of(refusal);
  }

  private static Undefined forbidden(Object value, String name) {
    return new Undefined(
        "access to '%s' of %s is unsafe: it changes the value"
            .formatted(name, Python.described(value)));
  }

  private static Object get(Map<?, ?> map, Object key, Object otherwise) {
    return map.containsKey(key) ? map.get(key) : otherwise;
  }

  private static long count(Python python, List<?> list, Object value) {
    return list.stream().filter(item -> python.equal(item, value)).count();
  }

  private static long index(Python python, List<?> list, Object value) {
    for (int i = 0; i < list.size(); i++) {
      if (python.equal(list.get(i), value)) return i;
    }
    throw new TemplateException("'index': the value is not in the list");
  }
}
