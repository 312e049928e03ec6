package dev.hone.ladder.statistics;

import org.apache.commons.statistics.interval.BinomialConfidenceInterval;

/// A share of items that pass.
public final class Proportion {
  private Proportion() {}

  /// Wilson's score interval.
  ///
  /// @param error probability that it misses: 0.05 for 95 %
  public static Interval wilson(int passed, int count, double error) {
    var interval = BinomialConfidenceInterval.WILSON_SCORE.fromErrorRate(count, passed, error);
    return new Interval(
        (double) passed / count, interval.getLowerBound(), interval.getUpperBound());
  }

  /// Clopper and Pearson's, which never covers too little.
  public static Interval exact(int passed, int count, double error) {
    var interval = BinomialConfidenceInterval.CLOPPER_PEARSON.fromErrorRate(count, passed, error);
    return new Interval(
        (double) passed / count, interval.getLowerBound(), interval.getUpperBound());
  }
}
