package dev.hone.model.grammar;

import java.util.EnumSet;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// The types of a schema's values.
enum JsonType {
  OBJECT,
  ARRAY,
  STRING,
  NUMBER,
  INTEGER,
  BOOLEAN,
  NULL;

  /// @param here where the name stands
  static Set<JsonType> named(JsonNode name, SchemaPath here) {
    return switch (name.asString("")) {
      case "object", "dict" -> EnumSet.of(OBJECT);
      case "array", "tuple" -> EnumSet.of(ARRAY);
      case "string" -> EnumSet.of(STRING);
      case "number", "float" -> EnumSet.of(NUMBER);
      case "integer" -> EnumSet.of(INTEGER);
      case "boolean" -> EnumSet.of(BOOLEAN);
      case "null" -> EnumSet.of(NULL);
      case "any" -> EnumSet.allOf(JsonType.class);
      default ->
          throw here.refused(
              "names %s, which is no type".formatted(name),
              "the types are object, array, string, number, integer, boolean, null");
    };
  }

  boolean isTypeOf(JsonNode value) {
    return switch (this) {
      case OBJECT -> value.isObject();
      case ARRAY -> value.isArray();
      case STRING -> value.isString();
      case NUMBER -> value.isNumber();
      case INTEGER -> isInteger(value);
      case BOOLEAN -> value.isBoolean();
      case NULL -> value.isNull();
    };
  }

  private static boolean isInteger(JsonNode value) {
    return value.isIntegralNumber()
        || value.isNumber() && value.decimalValue().stripTrailingZeros().scale() <= 0;
  }
}
