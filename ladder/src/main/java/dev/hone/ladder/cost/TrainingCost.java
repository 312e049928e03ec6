package dev.hone.ladder.cost;

/// What a training takes.
///
/// @param tokens of the rows, once through
/// @param epochs times through
/// @param validationTokens of the held-out rows
/// @param evaluations times that those are read; a provider that bills them says so
public record TrainingCost(double tokens, double epochs, double validationTokens, int evaluations) {
  private static final double MILLION = 1e6;
  private static final double SECONDS_PER_HOUR = 3_600;

  /// Share of its peak rate that a well-used processor reaches.
  private static final double USED = 0.4;

  /// Operations per parameter and token where the base is frozen: forward, and backward for the
  /// inputs alone.
  private static final double FROZEN = 4;

  public double trainedTokens() {
    return tokens * epochs + validationTokens * evaluations;
  }

  /// Hosted: `(tokens · epochs + validation tokens · evaluations) · price`.
  ///
  /// @param perMillion price of a million tokens
  public Money hosted(Money perMillion) {
    return perMillion.times(trainedTokens() / MILLION);
  }

  /// On a machine whose rate was measured.
  public double seconds(double tokensPerSecond) {
    return trainedTokens() / tokensPerSecond;
  }

  /// `seconds · price of an hour`, with the time until the machine is ready.
  public static Money onMachine(double seconds, double startMinutes, Money perHour) {
    return perHour.times(seconds / SECONDS_PER_HOUR + startMinutes / 60);
  }

  /// Tokens a second of LoRA on a processor that is not at hand: `peak · 0.4 / (4·N + 8·L·d·T)`,
  /// the second term for attention.
  ///
  /// @param parameters N of the model
  /// @param layers L
  /// @param hiddenSize d
  /// @param rowTokens T of a row
  public static double tokensPerSecond(
      Gpu gpu, double parameters, double layers, double hiddenSize, double rowTokens) {
    double attention = FROZEN / 6 * 12 * layers * hiddenSize * rowTokens;
    return gpu.peakFlops() * USED / (FROZEN * parameters + attention);
  }
}
