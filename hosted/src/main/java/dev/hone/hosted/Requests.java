package dev.hone.hosted;

import dev.hone.ladder.rung.Form;
import dev.hone.model.text.Conversation;
import dev.hone.model.text.Message;
import dev.hone.model.text.ToolCall;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Conversations, tools and forms, as LangChain4j has them.
public final class Requests {
  private static final JsonMapper JSON = JsonMapper.shared();

  /// The member that holds a text which must be one of several.
  static final String CHOICE = "answer";

  private Requests() {}

  /// The messages of a conversation.
  public static List<ChatMessage> messages(Conversation asked) {
    return asked.messages().stream().map(Requests::message).toList();
  }

  private static ChatMessage message(Message message) {
    return switch (message.role()) {
      case "system", "developer" -> SystemMessage.from(message.content());
      case "user" -> UserMessage.from(message.content());
      case "assistant" -> assistant(message);
      case "tool" ->
          ToolExecutionResultMessage.from(message.toolCallId(), message.name(), message.content());
      default -> throw new IllegalArgumentException("a message of role " + message.role());
    };
  }

  private static AiMessage assistant(Message message) {
    var calls = message.toolCalls().stream().map(Requests::call).toList();
    return calls.isEmpty()
        ? AiMessage.from(message.content())
        : AiMessage.builder()
            .text(message.content().isEmpty() ? null : message.content())
            .toolExecutionRequests(calls)
            .build();
  }

  private static ToolExecutionRequest call(ToolCall call) {
    return ToolExecutionRequest.builder()
        .id(call.id())
        .name(call.name())
        .arguments(JSON.writeValueAsString(call.arguments()))
        .build();
  }

  /// The tools on offer in it.
  public static List<ToolSpecification> tools(Conversation asked) {
    return asked.tools().stream().map(Requests::tool).toList();
  }

  private static ToolSpecification tool(Map<String, Object> tool) {
    var function = tool.getOrDefault("function", tool);
    return ToolSpecification.fromJson(JSON.writeValueAsString(function));
  }

  /// What makes a provider hold its model to a form; empty for calls, which a tool choice does.
  static Optional<ResponseFormat> format(Form form) {
    return switch (form) {
      case Form.Json(var schema) -> Optional.of(format(schema));
      case Form.OneOf(var texts) -> Optional.of(format(choice(texts)));
      case Form.Call any -> Optional.empty();
    };
  }

  private static ResponseFormat format(JsonNode schema) {
    return ResponseFormat.builder()
        .type(ResponseFormatType.JSON)
        .jsonSchema(
            JsonSchema.builder()
                .name("answer")
                .rootElement(JsonRawSchema.from(schema.toString()))
                .build())
        .build();
  }

  /// Providers take objects alone.
  private static JsonNode choice(List<String> texts) {
    var schema = JSON.createObjectNode().put("type", "object").put("additionalProperties", false);
    var member = schema.putObject("properties").putObject(CHOICE).put("type", "string");
    var values = member.putArray("enum");
    texts.forEach(values::add);
    schema.putArray("required").add(CHOICE);
    return schema;
  }

  /// An answer as the ladder's metrics read it: calls as the templates of open models write them.
  static String text(AiMessage answer) {
    var text = new StringBuilder(answer.text() == null ? "" : answer.text());
    for (var call : answer.toolExecutionRequests()) {
      var arguments = call.arguments() == null ? "{}" : call.arguments();
      var name = JSON.writeValueAsString(call.name());
      text.append("<tool_call>\n{\"name\": ")
          .append(name)
          .append(", \"arguments\": ")
          .append(arguments)
          .append("}\n</tool_call>");
    }
    return text.toString().strip();
  }
}
