package dev.hone.hosted;

import dev.hone.model.text.Conversation;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.ChatMessageSerializer;
import dev.langchain4j.model.chat.request.ChatRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/// How large a prompt or a row is, without the provider's tokenizer.
record TextSize(long bytes, int messages) {
  private static final int MESSAGE_TOKENS = 32;

  /// Of usual text; for room and forecasts, not for money.
  static final int BYTES_PER_TOKEN = 3;

  static TextSize of(Conversation conversation) {
    return new TextSize(bytes(conversation), conversation.messages().size());
  }

  /// As LangChain4j has it, with what its JSON adds.
  static TextSize of(ChatRequest request) {
    long bytes = bytes(ChatMessageSerializer.messagesToJson(request.messages()));
    var tools = request.toolSpecifications();
    for (var tool : tools == null ? List.<ToolSpecification>of() : tools) {
      bytes += bytes(tool.toJson());
    }
    return new TextSize(bytes, request.messages().size());
  }

  /// The most tokens: none is shorter than a byte.
  long mostTokens() {
    return bytes + (long) MESSAGE_TOKENS * (messages + 1);
  }

  private static long bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  static long bytes(Conversation conversation) {
    long bytes = 0;
    for (var message : conversation.messages()) {
      bytes += bytes(message.content());
      for (var call : message.toolCalls()) {
        bytes += call.toString().length();
      }
    }
    for (var tool : conversation.tools()) {
      bytes += JsonMapper.shared().writeValueAsString(tool).length();
    }
    return bytes;
  }
}
