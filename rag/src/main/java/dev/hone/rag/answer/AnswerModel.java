package dev.hone.rag.answer;

import dev.hone.model.text.Conversation;
import java.io.IOException;
import java.util.Set;

/// The model that words an answer.
public interface AnswerModel {
  /// Whether the conversation leaves room for an answer.
  boolean fits(Conversation conversation);

  String answer(Conversation conversation) throws IOException;

  /// Texts that the model's tokenizer would read as control tokens, wherever they stand.
  Set<String> controlTokens();
}
