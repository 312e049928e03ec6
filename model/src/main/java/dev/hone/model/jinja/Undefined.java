package dev.hone.model.jinja;

/// What a name, attribute or item is that isn't there: prints as nothing, is false and empty, and
/// fails with `message` in every other use (Jinja2's default `Undefined`).
record Undefined(String message) {
  static Undefined ofName(String name) {
    return new Undefined("'" + name + "' is undefined");
  }

  static Undefined ofAttribute(Object target, Object name) {
    return new Undefined("%s has no attribute '%s'".formatted(Python.described(target), name));
  }

  static Undefined ofMissingElse() {
    return new Undefined("the inline if without else was false and has no value");
  }

  TemplateException failure() {
    return new TemplateException(message);
  }
}
