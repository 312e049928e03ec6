package dev.hone.tune.data;

import tools.jackson.databind.JsonNode;

/// Reads the `content` of a message: a string, a list of text parts, or null beside tool calls.
final class Content {
  private Content() {}

  /// The text of a message; parts are joined as they stand, with nothing between them.
  static String of(JsonNode message, String at, boolean callsTools) {
    var where = at + ".content";
    if (!Fields.isPresent(message, "content")) {
      return absent(message, where, callsTools);
    }
    var content = message.get("content");
    return content.isArray() ? joined(content, where) : Fields.string(content, where);
  }

  private static String absent(JsonNode message, String where, boolean callsTools) {
    if (callsTools) {
      return "";
    }
    throw message.has("content")
        ? new BadField(Check.WRONG_VALUE, where, "null is allowed only beside tool_calls")
        : new BadField(Check.MISSING_FIELD, where, "missing");
  }

  private static String joined(JsonNode parts, String where) {
    var text = new StringBuilder();
    for (int i = 0; i < parts.size(); i++) {
      text.append(part(parts.get(i), "%s[%d]".formatted(where, i)));
    }
    return text.toString();
  }

  private static String part(JsonNode part, String where) {
    if (!part.isObject()) {
      throw new BadField(
          Check.WRONG_VALUE, where, "expected a content part, found " + Fields.kind(part));
    }
    var type = Fields.string(part, "type", where + ".type");
    if (!type.equals("text")) {
      throw new BadField(
          Check.WRONG_VALUE,
          where + ".type",
          "only text parts can be trained, found " + Fields.shorten(type));
    }
    return Fields.string(part, "text", where + ".text");
  }
}
