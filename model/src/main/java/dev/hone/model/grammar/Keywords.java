package dev.hone.model.grammar;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// The keywords of a schema: which are honoured, which say nothing of the value.
final class Keywords {
  /// Keywords that name whole schemas for the value.
  static final List<String> COMBINING = List.of("$ref", "anyOf", "oneOf", "allOf");

  /// Notes for readers, and `$defs` and `definitions`, which hold what `$ref` names. `optional` is
  /// BFCL's: `required` says it.
  private static final Set<String> NOTES =
      Set.of(
          "title",
          "description",
          "default",
          "example",
          "examples",
          "deprecated",
          "readOnly",
          "writeOnly",
          "optional",
          "$schema",
          "$id",
          "$comment",
          "$defs",
          "definitions",
          "format");

  private static final Map<String, JsonType> TYPE_OF_KEYWORD =
      Map.ofEntries(
          Map.entry("properties", JsonType.OBJECT),
          Map.entry("required", JsonType.OBJECT),
          Map.entry("additionalProperties", JsonType.OBJECT),
          Map.entry("items", JsonType.ARRAY),
          Map.entry("prefixItems", JsonType.ARRAY),
          Map.entry("minItems", JsonType.ARRAY),
          Map.entry("maxItems", JsonType.ARRAY),
          Map.entry("minLength", JsonType.STRING),
          Map.entry("maxLength", JsonType.STRING),
          Map.entry("minimum", JsonType.NUMBER),
          Map.entry("maximum", JsonType.NUMBER),
          Map.entry("exclusiveMinimum", JsonType.NUMBER),
          Map.entry("exclusiveMaximum", JsonType.NUMBER));

  private static final Set<String> OTHERS = Set.of("type", "nullable", "enum", "const");

  /// Formats that are taken as notes: those of the standard, and OpenAPI's.
  private static final Set<String> FORMATS =
      Set.of(
          "date-time",
          "date",
          "time",
          "duration",
          "email",
          "idn-email",
          "hostname",
          "idn-hostname",
          "ipv4",
          "ipv6",
          "uri",
          "uri-reference",
          "iri",
          "iri-reference",
          "uuid",
          "regex",
          "json-pointer",
          "int32",
          "int64",
          "float",
          "double",
          "byte",
          "binary",
          "password");

  private Keywords() {}

  static boolean isAsserting(String keyword) {
    return !NOTES.contains(keyword);
  }

  static void requireSupported(JsonNode schema, SchemaPath at) {
    for (var keyword : schema.propertyNames()) {
      boolean isKnown =
          NOTES.contains(keyword)
              || OTHERS.contains(keyword)
              || COMBINING.contains(keyword)
              || TYPE_OF_KEYWORD.containsKey(keyword);
      if (!isKnown) throw at.keyword(keyword).refused("is not supported", hint(keyword));
    }
    var format = schema.path("format").asString("");
    if (schema.has("format") && !FORMATS.contains(format))
      throw at.keyword("format")
          .refused("names an unknown format, %s".formatted(schema.get("format")), "leave it out");
  }

  private static String hint(String keyword) {
    return switch (keyword) {
      case "pattern" -> "list the values in enum, or leave it out and check the answer";
      case "patternProperties", "propertyNames" ->
          "name the properties, or use additionalProperties";
      case "if", "then", "else", "not" -> "write the cases as anyOf";
      default -> "leave it out and check the answer for it";
    };
  }

  /// The types that keywords of a schema without `type` belong to; all where there is none.
  static Set<JsonType> impliedTypes(JsonNode schema) {
    var types = new HashSet<JsonType>();
    for (var keyword : schema.propertyNames()) {
      if (TYPE_OF_KEYWORD.containsKey(keyword)) types.add(TYPE_OF_KEYWORD.get(keyword));
    }
    return types.isEmpty() ? EnumSet.allOf(JsonType.class) : EnumSet.copyOf(types);
  }
}
