package dev.hone.server.answer;

import java.util.List;
import java.util.Map;

/// An answer.
///
/// @param annotations its citations, as OpenAI's clients know them
public record Replied(
    String text, List<Map<String, Object>> annotations, int promptTokens, int answerTokens) {
  public Replied {
    annotations = List.copyOf(annotations);
  }
}
