package dev.hone.tune.trace;

import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Messages as LangChain4j's `ChatMessageSerializer` writes them, and its tool specifications, in
/// OpenAI's form.
final class LangChainMessages {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Set<String> TYPES =
      Set.of("SYSTEM", "USER", "AI", "TOOL_EXECUTION_RESULT", "CUSTOM");

  private LangChainMessages() {}

  static boolean isOne(JsonNode message) {
    return !message.has("role") && TYPES.contains(message.path("type").asString(""));
  }

  static ObjectNode toOpenAi(JsonNode message) {
    var type = message.path("type").asString();
    return switch (type) {
      case "SYSTEM" -> said("system", message);
      case "USER" -> {
        var said = said("user", message);
        copy(message, "name", said, "name");
        yield said;
      }
      case "AI" -> assistant(message);
      case "TOOL_EXECUTION_RESULT" -> {
        var said = said("tool", message);
        copy(message, "id", said, "tool_call_id");
        copy(message, "toolName", said, "name");
        yield said;
      }
      default -> throw new BrokenTrace(Fault.UNREADABLE, "a message of type " + type);
    };
  }

  private static ObjectNode said(String role, JsonNode message) {
    var said = JSON.createObjectNode().put("role", role);
    if (message.hasNonNull("text")) {
      return said.set("content", message.get("text"));
    }
    var parts = said.putArray("content");
    for (var content : message.path("contents")) {
      var type = content.path("type").asString("");
      if (!type.equals("TEXT")) {
        throw new BrokenTrace(Fault.UNREADABLE, "a message with content of type " + type);
      }
      parts.addObject().put("type", "text").set("text", content.path("text"));
    }
    return said;
  }

  private static ObjectNode assistant(JsonNode message) {
    var said = JSON.createObjectNode().put("role", "assistant");
    said.set("content", message.path("text").isString() ? message.get("text") : JSON.nullNode());
    var requests = message.path("toolExecutionRequests");
    if (!requests.isEmpty()) {
      var calls = said.putArray("tool_calls");
      for (var request : requests) {
        var call = calls.addObject();
        copy(request, "id", call, "id");
        var function = call.put("type", "function").putObject("function");
        copy(request, "name", function, "name");
        function.put("arguments", request.path("arguments").asString("{}"));
      }
    }
    return said;
  }

  private static void copy(JsonNode from, String key, ObjectNode to, String as) {
    if (from.hasNonNull(key)) {
      to.set(as, from.get(key));
    }
  }
}
