package dev.hone.ladder.cost;

/// What one request takes of a model, on average.
///
/// @param prefix tokens at the beginning of every prompt alike, which a provider may cache
/// @param input tokens of this prompt alone
/// @param output tokens of the answer
public record Tokens(double prefix, double input, double output) {
  /// No model is asked.
  public static final Tokens NONE = new Tokens(0, 0, 0);

  public double prompt() {
    return prefix + input;
  }
}
