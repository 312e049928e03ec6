package dev.hone.model.jinja;

import java.util.HashMap;
import java.util.Map;

/// Names and their values; what isn't here is looked up in the scope around it. Loops, macros and
/// blocks open one, `if` does not.
final class Scope {
  private final Map<String, Object> values;
  private final Scope outer;

  private Scope(Map<String, Object> values, Scope outer) {
    this.values = values;
    this.outer = outer;
  }

  /// The outermost scope.
  static Scope of(Map<String, Object> values) {
    return new Scope(new HashMap<>(values), null);
  }

  Scope inner() {
    return new Scope(new HashMap<>(), this);
  }

  void set(String name, Object value) {
    values.put(name, value);
  }

  /// The value of `name`, [Undefined] where there is none.
  Object get(String name) {
    for (var scope = this; scope != null; scope = scope.outer) {
      if (scope.values.containsKey(name)) return scope.values.get(name);
    }
    return Undefined.ofName(name);
  }
}
