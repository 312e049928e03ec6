package dev.hone.ladder.statistics;

import org.apache.commons.statistics.distribution.NormalDistribution;

/// The standard normal distribution.
final class Normal {
  private static final NormalDistribution STANDARD = NormalDistribution.of(0, 1);

  private Normal() {}

  /// The point above which so much of it lies.
  static double upper(double tail) {
    return STANDARD.inverseSurvivalProbability(tail);
  }

  static double density(double z) {
    return STANDARD.density(z);
  }

  static double cumulative(double z) {
    return STANDARD.cumulativeProbability(z);
  }

  static double inverse(double p) {
    return STANDARD.inverseCumulativeProbability(p);
  }
}
