package dev.hone.server.openai;

import dev.hone.model.text.Message;
import dev.hone.model.text.ToolCall;
import dev.hone.server.api.ApiException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The messages of a request.
final class Messages {
  private static final List<String> ROLES =
      List.of("system", "developer", "user", "assistant", "tool");
  private static final int MOST = 2_048;

  private Messages() {}

  static List<Message> read(Fields request) {
    var list = request.require("messages");
    if (!list.isArray()) {
      throw Fields.wrongType("messages", "an array", list);
    }
    if (list.isEmpty() || list.size() > MOST) {
      throw ApiException.invalid(
          "messages",
          "Invalid 'messages': must have 1 to %,d messages, has %,d".formatted(MOST, list.size()));
    }
    var messages = new ArrayList<Message>();
    for (int i = 0; i < list.size(); i++) {
      messages.add(message(Fields.of(list.get(i), "messages[%d]".formatted(i))));
    }
    return messages;
  }

  private static Message message(Fields fields) {
    var role = fields.requireOneOf("role", ROLES);
    var calls = role.equals("assistant") ? calls(fields) : List.<ToolCall>of();
    var content = fields.take("content");
    if (content.isEmpty() && calls.isEmpty()) {
      throw ApiException.invalid(
          fields.path("content"),
          "Invalid value for '%s': expected a string, got null.".formatted(fields.path("content")));
    }
    var text = content.map(value -> text(value, fields.path("content"))).orElse("");
    var callId = role.equals("tool") ? fields.requireText("tool_call_id") : "";
    var name = fields.text("name").orElse("");
    fields.onlyIf("refusal", "\"\"");
    fields.onlyIf("audio");
    fields.onlyIf("annotations", "[]");
    fields.onlyIf("function_call");
    fields.end();
    return new Message(role, text, calls, callId, name, false);
  }

  /// A text, or parts that are texts.
  private static String text(JsonNode content, String path) {
    if (content.isString()) {
      return content.asString();
    }
    if (!content.isArray()) {
      throw Fields.wrongType(path, "a string or an array of text parts", content);
    }
    var text = new StringBuilder();
    for (int i = 0; i < content.size(); i++) {
      var part = Fields.of(content.get(i), "%s[%d]".formatted(path, i));
      var type = part.requireText("type");
      if (!type.equals("text")) {
        throw ApiException.invalid(
            part.path("type"),
            "unsupported_content",
            "Invalid '%s': this model reads text, not '%s'.".formatted(part.path("type"), type));
      }
      text.append(part.requireText("text"));
      part.onlyIf("prompt_cache_breakpoint");
      part.end();
    }
    return text.toString();
  }

  private static List<ToolCall> calls(Fields message) {
    var list = message.take("tool_calls");
    if (list.isEmpty()) {
      return List.of();
    }
    if (!list.get().isArray()) {
      throw Fields.wrongType(message.path("tool_calls"), "an array", list.get());
    }
    var calls = new ArrayList<ToolCall>();
    for (int i = 0; i < list.get().size(); i++) {
      var path = "%s[%d]".formatted(message.path("tool_calls"), i);
      calls.add(call(Fields.of(list.get().get(i), path)));
    }
    return calls;
  }

  private static ToolCall call(Fields fields) {
    fields.onlyIf("type", "\"function\"");
    fields.onlyIf("index", "0", "1", "2", "3");
    var id = fields.text("id").orElse("");
    fields.require("function");
    var function = fields.object("function").orElseThrow();
    var call = new ToolCall(id, function.requireText("name"), arguments(function));
    function.end();
    fields.end();
    return call;
  }

  /// OpenAI's clients send them as a text; templates want the object.
  @SuppressWarnings("unchecked")
  private static Map<String, Object> arguments(Fields function) {
    var value = function.take("arguments");
    if (value.isEmpty()) {
      return Map.of();
    }
    try {
      var node =
          value.get().isString()
              ? JsonMapper.shared().readTree(value.get().asString())
              : value.get();
      if (node != null && node.isObject()) {
        return JsonMapper.shared().convertValue(node, Map.class);
      }
    } catch (JacksonException e) {
      throw notAnObject(function);
    }
    throw notAnObject(function);
  }

  private static ApiException notAnObject(Fields function) {
    return ApiException.invalid(
        function.path("arguments"),
        "Invalid '%s': must be a JSON object, as a text".formatted(function.path("arguments")));
  }
}
