package dev.hone.tune.trace;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A trace, of whatever log, as a row in OpenAI's chat format.
///
/// | log | told by |
/// |---|---|
/// | requests with their responses | `request`, `response`; either may hold a `body` |
/// | stored completions | `choices`, with `messages` or `input` beside them |
/// | conversations | `messages` |
/// | LangChain4j's chat memories | a list of messages that have a `type`, bare or as `messages` |
///
/// Tools are `tools` or `toolSpecifications`, in the trace or in its request.
final class TraceForm {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final List<String> KEYS =
      List.of("role", "content", "name", "weight", "tool_calls", "tool_call_id", "function_call");

  /// Reasons why a model ends an answer that isn't one.
  private static final Set<String> CUT = Set.of("length", "content_filter");

  private static final Pattern ERROR_TEXT =
      Pattern.compile(
          "(error|exception|traceback)\\b.*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private final JsonNode trace;
  private final JsonNode request;
  private final JsonNode response;

  private TraceForm(JsonNode trace) {
    this.trace = trace;
    this.request = body(trace.path("request"));
    this.response = body(trace.path("response"));
  }

  /// @param tools that a trace has which names none
  /// @throws BrokenTrace where it has no such form, or says itself that something failed
  static ObjectNode row(JsonNode trace, ArrayNode tools) {
    return new TraceForm(trace).row(tools);
  }

  private static JsonNode body(JsonNode half) {
    return half.has("body") ? half.get("body") : half;
  }

  private ObjectNode row(ArrayNode toolsBeside) {
    var row = JSON.createObjectNode();
    var messages = row.putArray("messages");
    asked().forEach(message -> messages.add(message(message)));
    answer().forEach(messages::add);
    var tools = tools(toolsBeside);
    if (!tools.isEmpty()) {
      row.set("tools", tools);
    }
    var metadata = first(trace.path("metadata"), request.path("metadata"));
    if (metadata.isObject() && !metadata.isEmpty()) {
      row.set("metadata", metadata);
    }
    return row;
  }

  private JsonNode asked() {
    var messages =
        trace.isArray()
            ? trace
            : first(request.path("messages"), trace.path("messages"), trace.path("input"));
    var list = messages.path("data").isArray() ? messages.get("data") : messages;
    if (list.isArray()) {
      return list;
    }
    if (trace.has("choices") || trace.has("response")) {
      throw new BrokenTrace(Fault.NO_MESSAGES, "there are no messages beside the answer");
    }
    throw new BrokenTrace(
        Fault.UNREADABLE,
        "expected messages, or request and response, found "
            + (trace.isObject() ? "only " + String.join(", ", trace.propertyNames()) : trace));
  }

  /// The message of the response; none where the conversation has its own.
  private Stream<ObjectNode> answer() {
    if (trace.isArray() || !trace.has("response") && !trace.has("choices")) {
      return Stream.empty();
    }
    var choice = first(response.path("choices"), trace.path("choices")).path(0);
    if (!choice.path("message").isObject()) {
      var error = first(response.path("error"), trace.path("error"));
      throw new BrokenTrace(
          Fault.FAILED, "the response has no choice" + (error.isMissingNode() ? "" : ": " + error));
    }
    var reason = choice.path("finish_reason").asString("");
    if (CUT.contains(reason)) {
      throw new BrokenTrace(Fault.CUT, "finish_reason is " + reason);
    }
    return Stream.of(message(choice.get("message")));
  }

  private static ObjectNode message(JsonNode message) {
    if (isError(message)) {
      throw new BrokenTrace(Fault.TOOL_ERROR, "a result is " + shortened(message));
    }
    if (LangChainMessages.isOne(message)) {
      return LangChainMessages.toOpenAi(message);
    }
    var kept = JSON.createObjectNode();
    KEYS.stream()
        .filter(key -> message.has(key) && (key.equals("content") || message.hasNonNull(key)))
        .forEach(key -> kept.set(key, message.get(key)));
    return kept;
  }

  /// Whether it is a tool's result, and says that the tool failed: by a mark, a member `error`, or
  /// a text that begins with the word.
  private static boolean isError(JsonNode message) {
    boolean isResult =
        message.path("role").asString("").equals("tool")
            || message.path("type").asString("").equals("TOOL_EXECUTION_RESULT");
    if (!isResult) {
      return false;
    }
    var text = text(message).strip();
    return isMarked(message) || ERROR_TEXT.matcher(text).matches() || isErrorObject(text);
  }

  private static boolean isMarked(JsonNode node) {
    return node.path("isError").asBoolean(false)
        || node.path("is_error").asBoolean(false)
        || node.path("status").asString("").equals("error");
  }

  private static boolean isErrorObject(String text) {
    if (!text.startsWith("{")) {
      return false;
    }
    try {
      var result = JSON.readTree(text);
      var error = result.path("error");
      boolean isNone =
          error.isMissingNode() || error.isNull() || error.isBoolean() && !error.asBoolean();
      return isMarked(result) || !isNone && !(error.isString() && error.asString().isBlank());
    } catch (JacksonException e) {
      return false;
    }
  }

  private static String text(JsonNode message) {
    var content = first(message.path("content"), message.path("contents"), message.path("text"));
    return content.isArray() ? content.path(0).path("text").asString("") : content.asString("");
  }

  private static String shortened(JsonNode message) {
    var text = text(message).strip().replaceAll("\\s+", " ");
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }

  private ArrayNode tools(ArrayNode beside) {
    var given =
        first(
            request.path("tools"),
            trace.path("tools"),
            request.path("toolSpecifications"),
            trace.path("toolSpecifications"));
    return given.isArray() && !given.isEmpty() ? openAi(given) : beside;
  }

  /// Tools as OpenAI writes them; LangChain4j writes the function alone.
  static ArrayNode openAi(JsonNode list) {
    var tools = JSON.createArrayNode();
    for (var tool : list) {
      if (tool.has("function")) {
        tools.add(tool);
      } else {
        tools.addObject().put("type", "function").set("function", tool);
      }
    }
    return tools;
  }

  private static JsonNode first(JsonNode... nodes) {
    return Stream.of(nodes)
        .filter(node -> !node.isMissingNode() && !node.isNull())
        .findFirst()
        .orElse(JSON.missingNode());
  }
}
