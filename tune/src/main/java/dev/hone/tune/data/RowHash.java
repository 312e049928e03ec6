package dev.hone.tune.data;

import dev.hone.model.Sha256;
import dev.hone.model.text.Conversation;
import dev.hone.model.text.Message;
import dev.hone.model.text.ToolCall;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.OptionalLong;

/// 64-bit hashes of what rows say: the first eight bytes of a SHA-256 over their parts, each
/// preceded by its length.
///
/// Blind to how a row was written: keys beside its own, their order, weights, the ids of tool
/// calls. Not thread-safe.
final class RowHash {
  private final MessageDigest digest = Sha256.digest();

  /// Equal for rows that say the same.
  long content(Row row) {
    switch (row) {
      case Row.Chat(var conversation) -> chat(conversation, conversation.messages());
      case Row.Completion(var prompt, var completion) -> feed("completion", prompt, completion);
      case Row.Text(var text) -> feed("text", text);
    }
    return finish();
  }

  /// Equal for rows that ask the same, whatever they answer; empty for plain text and where nobody
  /// answers.
  OptionalLong question(Row row) {
    return switch (row) {
      case Row.Chat(var conversation) -> question(conversation);
      case Row.Completion(var prompt, var _) -> {
        feed("completion", prompt);
        yield OptionalLong.of(finish());
      }
      case Row.Text _ -> OptionalLong.empty();
    };
  }

  private OptionalLong question(Conversation conversation) {
    var messages = conversation.messages();
    int answer = messages.size() - 1;
    while (answer >= 0 && !messages.get(answer).role().equals("assistant")) {
      answer--;
    }
    if (answer < 0) {
      return OptionalLong.empty();
    }
    chat(conversation, messages.subList(0, answer));
    return OptionalLong.of(finish());
  }

  private void chat(Conversation conversation, List<Message> messages) {
    feed("chat", conversation.tools().toString());
    for (var message : messages) {
      feed(message.role(), message.name(), message.content());
      for (var call : message.toolCalls()) {
        call(call);
      }
    }
  }

  private void call(ToolCall call) {
    feed("call", call.name(), call.arguments().toString());
  }

  private void feed(String... parts) {
    for (var part : parts) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
      digest.update(bytes);
    }
  }

  private long finish() {
    return ByteBuffer.wrap(digest.digest()).getLong();
  }
}
