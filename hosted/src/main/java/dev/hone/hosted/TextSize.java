package dev.hone.hosted;

import dev.hone.model.text.Conversation;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.json.JsonMapper;

/// How large conversations are, without the provider's tokenizer.
final class TextSize {
  private static final int MESSAGE_TOKENS = 32;

  /// Of usual text; for room and forecasts, not for money.
  static final int BYTES_PER_TOKEN = 3;

  private TextSize() {}

  /// What a prompt or a row has at most: no token is shorter than a byte.
  static long mostTokens(Conversation conversation) {
    return bytes(conversation) + (long) MESSAGE_TOKENS * (conversation.messages().size() + 1);
  }

  static long bytes(Conversation conversation) {
    long bytes = 0;
    for (var message : conversation.messages()) {
      bytes += message.content().getBytes(StandardCharsets.UTF_8).length;
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
