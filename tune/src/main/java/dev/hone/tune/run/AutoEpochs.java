package dev.hone.tune.run;

/// How often rows are gone through where nobody says: the rule of OpenAI's cookbook.
public final class AutoEpochs {
  private static final int TARGET = 3;
  private static final int MOST = 25;
  private static final long LEAST_EXAMPLES = 100;
  private static final long MOST_EXAMPLES = 25_000;

  private AutoEpochs() {}

  /// Three, unless that makes fewer than a hundred or more than 25,000 examples seen.
  public static int of(long examples) {
    if (examples * TARGET < LEAST_EXAMPLES) {
      return (int) Math.min(MOST, LEAST_EXAMPLES / examples);
    }
    if (examples * TARGET > MOST_EXAMPLES) {
      return (int) Math.max(1, MOST_EXAMPLES / examples);
    }
    return TARGET;
  }
}
