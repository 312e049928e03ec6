package dev.hone.model.adapter;

import java.util.Map;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// JSON laid out as Python's `json.dumps(indent=2)` does, so that a file that PEFT wrote comes back
/// byte for byte.
final class JsonText {
  private static final JsonMapper MAPPER = JsonMapper.shared();
  private static final DefaultIndenter TWO_SPACES = new DefaultIndenter("  ", "\n");
  private static final DefaultPrettyPrinter PRINTER =
      new DefaultPrettyPrinter(
              Separators.createDefaultInstance()
                  .withObjectNameValueSpacing(Separators.Spacing.AFTER)
                  .withObjectEmptySeparator("")
                  .withArrayEmptySeparator(""))
          .withObjectIndenter(TWO_SPACES)
          .withArrayIndenter(TWO_SPACES);

  private JsonText() {}

  /// Over many lines, the last one ended.
  static String indented(JsonNode node) {
    return MAPPER.writer().with(PRINTER).writeValueAsString(node) + "\n";
  }

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
