package dev.hone.model.adapter;

import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Plain values as JSON and back.
final class JsonText {
  private static final JsonMapper MAPPER = JsonMapper.shared();

  private JsonText() {}

  /// Plain values as JSON.
  static JsonNode node(Map<String, Object> values) {
    return MAPPER.valueToTree(values);
  }

  /// An object's plain values: null, Boolean, Number, String, List, Map.
  @SuppressWarnings("unchecked")
  static Map<String, Object> map(JsonNode object) {
    return MAPPER.treeToValue(object, Map.class);
  }

  /// On one line, which is ended.
  static String compact(JsonNode node) {
    return MAPPER.writeValueAsString(node) + "\n";
  }
}
