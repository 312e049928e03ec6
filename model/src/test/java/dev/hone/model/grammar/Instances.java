package dev.hone.model.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// Random JSON texts that satisfy a schema of [Schemas#varied], in the form that grammars have;
/// told from the schema alone.
final class Instances {
  private static final List<String> CHARACTERS =
      List.of("a", "Z", " ", "é", "€", "😀", "\\n", "\\\"", "\\u00e9", "\\ud83d\\ude00", "{", ",");

  private final SplittableRandom random;
  private JsonNode root;
  private int depth;

  Instances(SplittableRandom random) {
    this.random = random;
  }

  String of(JsonNode schema) {
    root = schema;
    depth = 0;
    return value(schema);
  }

  private String value(JsonNode schema) {
    depth++;
    var text = undeepened(schema);
    depth--;
    return text;
  }

  private String undeepened(JsonNode schema) {
    if (schema.has("$ref")) return value(root.at(schema.get("$ref").stringValue().substring(1)));
    for (var keyword : List.of("anyOf", "oneOf", "allOf")) {
      if (schema.has(keyword)) return value(any(schema.get(keyword)));
    }
    if (schema.has("const")) return schema.get("const").toString();
    if (schema.has("enum")) return any(schema.get("enum")).toString();
    var type = schema.path("type");
    return typed(type.isArray() ? any(type).stringValue() : type.asString("any"), schema);
  }

  private String typed(String type, JsonNode schema) {
    return switch (type) {
      case "object" -> object(schema);
      case "array" -> array(schema);
      case "string" -> string(schema.path("minLength").asInt(0), schema.path("maxLength").asInt(9));
      case "integer" -> Long.toString(integer(schema));
      case "number" -> schema.has("minimum") ? "-0." + random.nextInt(1, 99) : number();
      case "boolean" -> Boolean.toString(random.nextBoolean());
      case "null" -> "null";
      default -> List.of("[1, {\"a\":null}]", "{}", "\"x\"", number()).get(random.nextInt(4));
    };
  }

  private JsonNode any(JsonNode list) {
    return list.get(random.nextInt(list.size()));
  }

  private String number() {
    return List.of("0", "-12", "3.25", "1e5", "-0.001E-7").get(random.nextInt(5));
  }

  private long integer(JsonNode schema) {
    long from = schema.path("exclusiveMinimum").asLong(schema.path("minimum").asLong(-5) - 1) + 1;
    return random.nextLong(from, schema.path("maximum").asLong(1000) + 1);
  }

  private String string(int min, int max) {
    return random
        .ints(random.nextInt(min, max + 1), 0, CHARACTERS.size())
        .mapToObj(CHARACTERS::get)
        .collect(Collectors.joining("", "\"", "\""));
  }

  private String object(JsonNode schema) {
    var required = new ArrayList<String>();
    schema.path("required").forEach(name -> required.add(name.stringValue()));
    var members = new ArrayList<String>();
    for (var property : schema.path("properties").properties()) {
      boolean isWanted = required.remove(property.getKey()) || random.nextBoolean();
      if (isWanted) members.add(member(property.getKey(), value(property.getValue())));
    }
    for (var name : required) members.add(member(name, "true"));
    var others = schema.path("additionalProperties");
    if (others.isObject()) members.add(member("other" + random.nextInt(99), value(others)));
    return "{" + String.join(comma(), members) + "}";
  }

  private String member(String name, String value) {
    return ObjectRules.quoted(name) + (random.nextBoolean() ? ":" : ": ") + value;
  }

  private String comma() {
    return random.nextBoolean() ? "," : ", ";
  }

  private String array(JsonNode schema) {
    int min = schema.path("minItems").asInt(0);
    int more = depth > 6 ? 0 : random.nextInt(3);
    int size = Math.min(min + more, schema.path("maxItems").asInt(9));
    var first = schema.path("prefixItems");
    var items = new ArrayList<String>();
    for (int i = 0; i < size; i++)
      items.add(value(first.has(i) ? first.get(i) : schema.path("items")));
    return "[" + String.join(comma(), items) + "]";
  }
}
