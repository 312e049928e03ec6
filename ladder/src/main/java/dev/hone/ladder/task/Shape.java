package dev.hone.ladder.task;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The JSON schema of a task, told from its answers: fields in the order in which they first come,
/// required where every row has them, of the types that were seen. A text of which few different
/// values come again and again is one of these.
public final class Shape {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int MOST_VALUES = 12;

  /// A value should come again: on average so often.
  private static final int ROWS_PER_VALUE = 10;

  private Shape() {}

  /// @param items whose answers are JSON objects
  public static JsonNode schema(List<Item> items) {
    return of(items.stream().map(item -> JSON.readTree(item.answer())).toList());
  }

  static JsonNode of(List<JsonNode> values) {
    var types = new LinkedHashSet<String>();
    values.forEach(value -> types.add(type(value)));
    if (types.contains("number")) {
      types.remove("integer");
    }
    var schema = JSON.createObjectNode();
    if (types.size() == 1) {
      schema.put("type", types.getFirst());
    } else {
      var list = schema.putArray("type");
      types.forEach(list::add);
    }
    if (types.contains("object")) {
      addFields(values.stream().filter(JsonNode::isObject).toList(), schema);
    }
    if (types.contains("array")) {
      var items = values.stream().filter(JsonNode::isArray).flatMap(JsonNode::valueStream).toList();
      if (!items.isEmpty()) {
        schema.set("items", of(items));
      }
    }
    if (types.equals(Set.of("string"))) {
      addChoice(values, schema);
    }
    return schema;
  }

  private static String type(JsonNode value) {
    return switch (value.getNodeType()) {
      case OBJECT, POJO -> "object";
      case ARRAY -> "array";
      case NUMBER -> value.isIntegralNumber() ? "integer" : "number";
      case BOOLEAN -> "boolean";
      case NULL, MISSING -> "null";
      case STRING, BINARY -> "string";
    };
  }

  private static void addFields(List<JsonNode> objects, ObjectNode schema) {
    Map<String, List<JsonNode>> fields = new LinkedHashMap<>();
    for (var object : objects) {
      for (var field : object.properties()) {
        fields.computeIfAbsent(field.getKey(), any -> new ArrayList<>()).add(field.getValue());
      }
    }
    var properties = schema.putObject("properties");
    fields.forEach((name, values) -> properties.set(name, of(values)));
    var required = schema.putArray("required");
    fields.forEach((name, values) -> {
      if (values.size() == objects.size()) {
        required.add(name);
      }
    });
    schema.put("additionalProperties", false);
  }

  private static void addChoice(List<JsonNode> texts, ObjectNode schema) {
    var distinct = new LinkedHashSet<String>();
    texts.forEach(text -> distinct.add(text.asString()));
    if (distinct.size() <= MOST_VALUES && distinct.size() * ROWS_PER_VALUE <= texts.size()) {
      var choice = schema.putArray("enum");
      distinct.forEach(choice::add);
    }
  }
}
