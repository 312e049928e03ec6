package dev.hone.ladder.rung;

import dev.hone.ladder.task.Item;
import dev.hone.rag.answer.CitedAnswer;
import java.io.IOException;

/// A solution that says where its answers stand.
public interface Cited extends Solution {
  /// The same answer with its citations.
  Answer cited(Item item) throws IOException;

  /// @param promptTokens read
  /// @param answerTokens written
  record Answer(CitedAnswer answer, int promptTokens, int answerTokens, boolean isCut) {}
}
