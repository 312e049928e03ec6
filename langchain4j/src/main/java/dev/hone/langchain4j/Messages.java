package dev.hone.langchain4j;

import dev.hone.model.text.Message;
import dev.hone.model.text.ToolCall;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// LangChain4j's messages as those of a conversation. What an assistant thought before is left out,
/// as LangChain4j's models leave it out.
final class Messages {
  private Messages() {}

  /// @throws UnsupportedFeatureException where there is anything but text
  static List<Message> of(List<ChatMessage> messages) {
    return messages.stream().map(Messages::of).toList();
  }

  private static Message of(ChatMessage message) {
    return switch (message) {
      case SystemMessage system -> Message.system(system.text());
      case UserMessage user ->
          new Message("user", text(user.contents()), List.of(), "", orEmpty(user.name()), false);
      case AiMessage assistant -> of(assistant);
      case ToolExecutionResultMessage result ->
          new Message(
              "tool",
              text(result.contents()),
              List.of(),
              orEmpty(result.id()),
              orEmpty(result.toolName()),
              false);
      default -> throw unsupported(message.type());
    };
  }

  private static Message of(AiMessage assistant) {
    if (!assistant.images().isEmpty()) {
      throw unsupported("an image");
    }
    if (!assistant.audios().isEmpty()) {
      throw unsupported("audio");
    }
    var calls = assistant.toolExecutionRequests().stream().map(Messages::call).toList();
    return new Message("assistant", orEmpty(assistant.text()), calls, "", "", false);
  }

  private static String text(List<Content> contents) {
    return contents.stream()
        .map(content -> {
          if (content instanceof TextContent text) {
            return text.text();
          }
          throw unsupported(content.type());
        })
        .collect(Collectors.joining());
  }

  @SuppressWarnings("unchecked")
  private static ToolCall call(ToolExecutionRequest request) {
    var arguments = orEmpty(request.arguments());
    try {
      Map<String, Object> object =
          arguments.isBlank() ? Map.of() : JsonMapper.shared().readValue(arguments, Map.class);
      return new ToolCall(orEmpty(request.id()), request.name(), object);
    } catch (JacksonException e) {
      throw new InvalidRequestException(
          "the arguments of a call of %s are no JSON object: %s"
              .formatted(request.name(), arguments),
          e);
    }
  }

  private static String orEmpty(String value) {
    return Optional.ofNullable(value).orElse("");
  }

  private static UnsupportedFeatureException unsupported(Object what) {
    return new UnsupportedFeatureException(
        "Hone's models read text; a message has " + what.toString());
  }
}
