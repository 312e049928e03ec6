package dev.hone.tune.trace;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.hone.model.text.Conversation;
import dev.hone.model.text.Message;
import dev.hone.model.text.ToolCall;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Whether a conversation's calls are of tools on offer, valid by their schemas and answered, and
/// whether it ends with an answer. Compiled schemas are kept. Not thread-safe.
final class ToolUse {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final SchemaRegistry registry =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
  private final Map<JsonNode, Schema> schemas = new HashMap<>();

  /// @throws BrokenTrace where it is not so
  void check(Conversation conversation) {
    var functions = functions(conversation);
    var open = new ArrayList<ToolCall>();
    for (var message : conversation.messages()) {
      if (message.role().equals("tool")) {
        close(open, message);
      } else {
        requireNone(open);
      }
      for (var call : message.toolCalls()) {
        check(call, functions);
        open.add(call);
      }
      requireAnswer(message);
    }
    requireNone(open);
    var last = conversation.messages().getLast();
    if (!last.role().equals("assistant")) {
      throw new BrokenTrace(Fault.NO_ANSWER, "the last message is one of role " + last.role());
    }
  }

  private static void requireAnswer(Message message) {
    boolean isSilent = message.content().isBlank() && message.toolCalls().isEmpty();
    if (message.role().equals("assistant") && isSilent) {
      throw new BrokenTrace(Fault.NO_ANSWER, "the assistant says nothing and calls nothing");
    }
  }

  private static void requireNone(List<ToolCall> open) {
    if (!open.isEmpty()) {
      throw new BrokenTrace(
          Fault.UNANSWERED_CALL, "the call of %s has no result".formatted(open.getFirst().name()));
    }
  }

  /// By its id; without one, results come in the calls' order.
  private static void close(List<ToolCall> open, Message result) {
    for (var call : open) {
      if (result.toolCallId().isEmpty() || call.id().equals(result.toolCallId())) {
        open.remove(call);
        return;
      }
    }
    throw new BrokenTrace(
        Fault.STRAY_RESULT, "no call before it has the id '%s'".formatted(result.toolCallId()));
  }

  private static Map<String, JsonNode> functions(Conversation conversation) {
    var functions = new LinkedHashMap<String, JsonNode>();
    for (var tool : conversation.tools()) {
      var node = JSON.<JsonNode>valueToTree(tool);
      var function = node.has("function") ? node.get("function") : node;
      functions.put(function.path("name").asString(""), function);
    }
    return functions;
  }

  private void check(ToolCall call, Map<String, JsonNode> functions) {
    if (functions.isEmpty()) {
      throw new BrokenTrace(Fault.NO_TOOLS, "%s is called".formatted(call.name()));
    }
    var function = functions.get(call.name());
    if (function == null) {
      throw new BrokenTrace(
          Fault.UNKNOWN_TOOL,
          "%s is called, on offer are %s"
              .formatted(call.name(), String.join(", ", functions.keySet())));
    }
    if (function.path("parameters").isObject()) {
      check(call, function.get("parameters"));
    }
  }

  private void check(ToolCall call, JsonNode parameters) {
    List<com.networknt.schema.Error> errors;
    try {
      errors =
          schemas
              .computeIfAbsent(parameters, registry::getSchema)
              .validate(JSON.<JsonNode>valueToTree(call.arguments()));
    } catch (SchemaException e) {
      throw new BrokenTrace(
          Fault.BAD_ARGUMENTS, "the schema of %s: %s".formatted(call.name(), e.getMessage()));
    }
    if (!errors.isEmpty()) {
      var error = errors.getFirst();
      throw new BrokenTrace(
          Fault.BAD_ARGUMENTS,
          "%s%s: %s".formatted(call.name(), error.getInstanceLocation(), error.getMessage()));
    }
  }
}
