package dev.hone.model.jinja;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `a.b` and `a['b']`: attribute or item, in the order that Jinja2 tries them.
final class Attributes {
  private Attributes() {}

  /// `target.name`: a method or attribute first, then the item. So `d.items` is the method even
  /// where `d` has that key.
  static Object attribute(Python python, Object target, String name) {
    if (target instanceof Undefined undefined) throw undefined.failure();
    return own(python, target, name)
        .or(() -> found(target, name))
        .orElse(new Given(missing(target, name)))
        .value();
  }

  /// `target[key]`: the item first, then the method or attribute.
  static Object item(Python python, Object target, Object key) {
    if (target instanceof Undefined undefined) throw undefined.failure();
    return found(target, key)
        .or(() -> key instanceof String name ? own(python, target, name) : Optional.empty())
        .orElse(new Given(missing(target, key)))
        .value();
  }

  /// A value that is there; it may be `null`, Python's `None`.
  private record Given(Object value) {}

  private static Undefined missing(Object target, Object name) {
    return Undefined.ofAttribute(target, Python.str(name));
  }

  private static Optional<Given> own(Python python, Object target, String name) {
    return switch (target) {
      case Namespace namespace when namespace.attributes().containsKey(name) ->
          Optional.of(new Given(namespace.attributes().get(name)));
      case LoopState loop -> Optional.of(new Given(loop.attribute(name)));
      case null -> Optional.empty();
      default -> Methods.find(python, target, name).map(Given::new);
    };
  }

  private static Optional<Given> found(Object target, Object key) {
    return switch (target) {
      case Map<?, ?> map ->
          map.containsKey(key) ? Optional.of(new Given(map.get(key))) : Optional.empty();
      case List<?> list -> Python.position(list.size(), key).map(at -> new Given(list.get(at)));
      case String text ->
          Python.position(Python.length(text), key).map(at -> new Given(character(text, at)));
      case null, default -> Optional.empty();
    };
  }

  private static String character(String text, int index) {
    return Character.toString(text.codePointAt(text.offsetByCodePoints(0, index)));
  }
}
