package dev.hone.tune.data;

import java.util.Locale;
import tools.jackson.databind.JsonNode;

/// Reads single fields of a row and says what is wrong with them.
final class Fields {
  private static final int SHOWN_CHARS = 40;

  private Fields() {}

  /// Whether a key is there and not null.
  static boolean isPresent(JsonNode object, String key) {
    return object.hasNonNull(key);
  }

  static JsonNode required(JsonNode object, String key, String at) {
    if (!object.has(key)) {
      throw new BadField(Check.MISSING_FIELD, at, "missing");
    }
    return object.get(key);
  }

  static String string(JsonNode object, String key, String at) {
    return string(required(object, key, at), at);
  }

  static String string(JsonNode value, String at) {
    if (!value.isString()) {
      throw new BadField(Check.WRONG_VALUE, at, "expected a string, found " + kind(value));
    }
    return checkedText(value.stringValue(), at);
  }

  /// A string; empty where the key is missing or null.
  static String optionalString(JsonNode object, String key, String at) {
    return isPresent(object, key) ? string(object.get(key), at + "." + key) : "";
  }

  /// Half a surrogate pair has no UTF-8 form: no tokenizer can encode it.
  private static String checkedText(String text, String at) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        throw new BadField(
            Check.BAD_UTF8,
            at,
            "character %d is \\u%04x, half of a surrogate pair".formatted(i + 1, (int) c));
      }
    }
    return text;
  }

  /// What a value is, in the user's words.
  static String kind(JsonNode value) {
    return switch (value.getNodeType()) {
      case ARRAY -> "a list";
      case OBJECT -> "an object";
      case NULL -> "null";
      case MISSING -> "nothing";
      case NUMBER, BOOLEAN, STRING, BINARY, POJO ->
          "the %s %s"
              .formatted(
                  value.getNodeType().name().toLowerCase(Locale.ROOT), shorten(value.toString()));
    };
  }

  /// At most a few characters, on one line, without control characters.
  static String shorten(String text) {
    var shown = text.length() <= SHOWN_CHARS ? text : text.substring(0, SHOWN_CHARS) + "…";
    return shown.replaceAll("\\p{Cntrl}", " ");
  }
}
