package dev.hone.ladder.climb;

import dev.hone.ladder.statistics.Interval;

/// What a rung was foretold to score, before it was made.
///
/// @param basis what foretells it
/// @param score with its interval: 80 % of a growth, 95 % of a bound
/// @param isBound whether it says the most that the rung could reach, not what it will
public record Forecast(String rung, String basis, Interval score, boolean isBound) {
  /// Whether what came is as foretold.
  public boolean holds(double measured) {
    return measured <= score.high() && (isBound || measured >= score.low());
  }
}
