package dev.hone.model.grammar;

import dev.hone.model.UsageException;

/// A place in a schema, as a JSON pointer in a URI's fragment (RFC 6901): `#/properties/name/type`.
///
/// @param depth how many schemas this one is in, references followed
record SchemaPath(String pointer, int depth) {
  private static final int MAX_DEPTH = 64;

  static final SchemaPath ROOT = new SchemaPath("#", 0);

  /// A keyword of the schema.
  SchemaPath keyword(String name) {
    return new SchemaPath(pointer + "/" + escaped(name), depth);
  }

  /// A schema in the keyword at hand, by its name or number.
  SchemaPath schema(Object name) {
    return new SchemaPath(pointer + "/" + escaped(name.toString()), depth).deeper();
  }

  /// The keyword at hand, as the schema that it holds.
  SchemaPath deeper() {
    if (depth == MAX_DEPTH)
      throw refused(
          "is nested too deeply: more than %d schemas".formatted(MAX_DEPTH), "flatten it");
    return new SchemaPath(pointer, depth + 1);
  }

  /// Another place that the one at hand refers to.
  SchemaPath referred(String to) {
    return new SchemaPath(to, depth).deeper();
  }

  private static String escaped(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }

  UsageException refused(String what, String hint) {
    return new UsageException("schema: %s %s".formatted(pointer, what), hint);
  }
}
