package dev.hone.ladder.rung;

import dev.hone.model.text.Conversation;
import java.io.IOException;
import java.util.Map;
import java.util.Set;

/// A language model that answers: one in this process, or a hosted one.
public interface ChatModel {
  Reply reply(Conversation asked, Decoding how) throws IOException;

  /// The likeliest answer.
  default Reply reply(Conversation asked) throws IOException {
    return reply(asked, Decoding.GREEDY);
  }

  /// Whether the conversation leaves room for an answer.
  boolean fits(Conversation asked);

  /// The most tokens of a conversation with its answer.
  int contextTokens();

  /// Texts that the model's tokenizer would read as control tokens.
  Set<String> controlTokens();

  /// What its answers depend on, for a recipe.
  Map<String, Object> recipe();
}
