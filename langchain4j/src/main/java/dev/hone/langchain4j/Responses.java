package dev.hone.langchain4j;

import dev.hone.model.chat.CallReader;
import dev.hone.model.generate.Generation;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/// Answers as LangChain4j has them.
final class Responses {
  private Responses() {}

  /// @param model its name
  /// @param tools names of those that were on offer
  /// @throws LangChain4jException when the answer was not written to its end
  static ChatResponse of(String model, Generation answer, Set<String> tools) {
    var reader = new CallReader(tools);
    var text = reader.add(answer.text());
    return of(model, answer, text + reader.rest(), calls(reader));
  }

  /// @param text without the calls
  static ChatResponse of(
      String model, Generation answer, String text, List<ToolExecutionRequest> calls) {
    if (answer.finishReason() == dev.hone.model.generate.FinishReason.CANCELLED) {
      throw new LangChain4jException("the model was closed before the answer was complete");
    }
    int written = answer.ids().size();
    return ChatResponse.builder()
        .aiMessage(calls.isEmpty() ? AiMessage.from(text) : calling(text, calls))
        .id("chatcmpl-" + UUID.randomUUID())
        .modelName(model)
        .tokenUsage(new TokenUsage(answer.promptTokens(), written))
        .finishReason(calls.isEmpty() ? finish(answer) : FinishReason.TOOL_EXECUTION)
        .build();
  }

  private static AiMessage calling(String text, List<ToolExecutionRequest> calls) {
    return text.isBlank() ? AiMessage.from(calls) : AiMessage.from(text, calls);
  }

  /// The calls that a reader has found, each with an id of its own.
  static List<ToolExecutionRequest> calls(CallReader reader) {
    return reader.calls().stream()
        .map(call ->
            ToolExecutionRequest.builder()
                .id("call_" + UUID.randomUUID())
                .name(call.path("name").asString())
                .arguments(call.path("arguments").toString())
                .build())
        .toList();
  }

  private static FinishReason finish(Generation answer) {
    return switch (answer.finishReason()) {
      case STOP -> FinishReason.STOP;
      case LENGTH -> FinishReason.LENGTH;
      case CANCELLED, DEADLINE -> FinishReason.OTHER;
    };
  }
}
