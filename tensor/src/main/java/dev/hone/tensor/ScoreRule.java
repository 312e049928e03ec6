package dev.hone.tensor;

/// How a query and its keys become attention scores.
///
/// @param scale of `q·k`, usually `1 / √D`
/// @param cap scores become `cap · tanh(score / cap)`; 0 for none
/// @param window keys that a query sees at most, its own included, the nearest; 0 for all
public record ScoreRule(float scale, float cap, int window) {
  /// `q·k / √D`, every key.
  public static ScoreRule plain(int headDim) {
    return new ScoreRule((float) (1 / Math.sqrt(headDim)), 0, 0);
  }

  boolean hasCap() {
    return cap > 0;
  }

  /// The first key that is seen by the query which is the last of so many.
  int first(int keys) {
    return window == 0 ? 0 : Math.max(0, keys - window);
  }
}
