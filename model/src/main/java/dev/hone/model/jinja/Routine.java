package dev.hone.model.jinja;

/// A filter, a test or a method: what is done to one value.
///
/// @param signature as [Bound#of] reads it, without the value itself
record Routine<V>(String signature, Body<V> body) {
  @FunctionalInterface
  interface Body<V> {
    Object apply(Python python, V value, Bound args);
  }

  Object apply(Python python, String name, V value, Function.Arguments arguments) {
    python.budget().spendOn(value);
    var result = body.apply(python, value, Bound.of(name, signature, arguments));
    python.budget().spendOn(result);
    return result;
  }
}
