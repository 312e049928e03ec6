package dev.hone.tune.data;

import dev.hone.model.text.ToolCall;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// Reads the tools on offer and the calls that the assistant makes.
final class Tools {
  private Tools() {}

  /// The `tools` of a row, each kept as given.
  static List<Map<String, Object>> offered(JsonNode tools) {
    if (tools == null || tools.isNull()) {
      return List.of();
    }
    var offered = new ArrayList<Map<String, Object>>();
    var list = list(tools, "tools");
    for (int i = 0; i < list.size(); i++) {
      offered.add(tool(list.get(i), "tools[%d]".formatted(i)));
    }
    return offered;
  }

  private static Map<String, Object> tool(JsonNode tool, String at) {
    var function = function(tool, at);
    Fields.string(function, "name", at + ".name");
    return object(tool, at);
  }

  /// The `tool_calls` of a message.
  static List<ToolCall> calls(JsonNode calls, String at, boolean isAssistant) {
    if (calls == null || calls.isNull()) {
      return List.of();
    }
    var list = list(calls, at);
    if (!list.isEmpty() && !isAssistant) {
      throw new BadField(Check.WRONG_VALUE, at, "only the assistant calls tools");
    }
    var parsed = new ArrayList<ToolCall>();
    for (int i = 0; i < list.size(); i++) {
      parsed.add(call(list.get(i), "%s[%d]".formatted(at, i)));
    }
    return parsed;
  }

  private static ToolCall call(JsonNode call, String at) {
    var function = function(call, at);
    return new ToolCall(
        Fields.optionalString(call, "id", at),
        Fields.string(function, "name", at + ".name"),
        arguments(Fields.required(function, "arguments", at + ".arguments"), at + ".arguments"));
  }

  /// OpenAI wraps a function as `{"type":"function","function":{…}}`; Hugging Face also takes it
  /// bare.
  private static JsonNode function(JsonNode node, String at) {
    if (!node.isObject()) {
      throw new BadField(Check.WRONG_VALUE, at, "expected an object, found " + Fields.kind(node));
    }
    var function = node.has("function") ? node.get("function") : node;
    if (!function.isObject()) {
      throw new BadField(
          Check.WRONG_VALUE,
          at + ".function",
          "expected an object, found " + Fields.kind(function));
    }
    return function;
  }

  private static Map<String, Object> arguments(JsonNode arguments, String at) {
    var parsed = arguments.isString() ? parse(arguments.stringValue(), at) : arguments;
    if (!parsed.isObject()) {
      throw new BadField(
          Check.BAD_TOOL_ARGUMENTS, at, "expected a JSON object, found " + Fields.kind(parsed));
    }
    return object(parsed, at);
  }

  private static JsonNode parse(String arguments, String at) {
    try {
      return RowParser.readTree(arguments.isBlank() ? "{}" : arguments);
    } catch (JacksonException e) {
      throw new BadField(
          Check.BAD_TOOL_ARGUMENTS, at, "the string does not hold JSON: " + RowParser.describe(e));
    }
  }

  private static JsonNode list(JsonNode node, String at) {
    if (!node.isArray()) {
      throw new BadField(Check.WRONG_VALUE, at, "expected a list, found " + Fields.kind(node));
    }
    return node;
  }

  private static Map<String, Object> object(JsonNode node, String at) {
    checkStrings(node, at);
    var object = new LinkedHashMap<String, Object>();
    node.properties()
        .forEach(field -> object.put(field.getKey(), RowParser.toValue(field.getValue())));
    return object;
  }

  private static void checkStrings(JsonNode node, String at) {
    for (var child : node) {
      if (child.isString()) {
        Fields.string(child, at);
      } else {
        checkStrings(child, at);
      }
    }
  }
}
