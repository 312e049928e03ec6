package dev.hone.ladder.rung;

import java.util.List;

/// An answer, and what it took.
///
/// @param promptTokens read; 0 without a model
/// @param answerTokens written
/// @param isCut whether the token limit ended it
/// @param sources documents that it cites
/// @param millis from the question to the whole answer
public record Reply(
    String text,
    int promptTokens,
    int answerTokens,
    boolean isCut,
    List<String> sources,
    double millis) {
  public Reply {
    sources = List.copyOf(sources);
  }

  /// One that cites nothing.
  public Reply(String text, int promptTokens, int answerTokens, boolean isCut, double millis) {
    this(text, promptTokens, answerTokens, isCut, List.of(), millis);
  }

  /// Of a rung without a language model.
  static Reply withoutModel(String text, long startNanos) {
    return new Reply(text, 0, 0, false, (System.nanoTime() - startNanos) / 1e6);
  }
}
