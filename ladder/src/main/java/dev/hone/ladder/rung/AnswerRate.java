package dev.hone.ladder.rung;

/// How fast a model answers, one question at a time.
///
/// @param readPerSecond tokens of prompts
/// @param writtenPerSecond tokens of answers
public record AnswerRate(double readPerSecond, double writtenPerSecond) {
  /// For one answer.
  public double seconds(double promptTokens, double answerTokens) {
    return promptTokens / readPerSecond + answerTokens / writtenPerSecond;
  }
}
