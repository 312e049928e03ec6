package dev.hone.ladder.statistics;

import org.apache.commons.statistics.distribution.BinomialDistribution;

/// Two systems on the same items, each of which passes or fails.
///
/// @param onlyFirst items that only the first passes
/// @param onlySecond items that only the second passes
/// @param count items in all
public record Discordance(int onlyFirst, int onlySecond, int count) {
  public Discordance {
    if (onlyFirst < 0 || onlySecond < 0 || count < onlyFirst + onlySecond) {
      throw new IllegalArgumentException(
          "discordance of %d and %d of %d".formatted(onlyFirst, onlySecond, count));
    }
  }

  /// @param first scores of 0 or 1
  public static Discordance of(double[] first, double[] second) {
    int onlyFirst = 0;
    int onlySecond = 0;
    for (int i = 0; i < first.length; i++) {
      onlyFirst += first[i] > second[i] ? 1 : 0;
      onlySecond += second[i] > first[i] ? 1 : 0;
    }
    return new Discordance(onlyFirst, onlySecond, first.length);
  }

  /// The share of items on which they differ.
  public double share() {
    return (double) (onlyFirst + onlySecond) / count;
  }

  /// McNemar's exact test, two-sided: `min(1, 2 · P(X ≤ min(b, c)))`, `X` binomial of `b + c` and
  /// one half.
  public double mcNemar() {
    return Math.min(1, 2 * tail());
  }

  /// The same with half of the observed table's own probability (mid-p).
  public double mcNemarMidP() {
    int all = onlyFirst + onlySecond;
    if (all == 0) {
      return 1;
    }
    double own = BinomialDistribution.of(all, 0.5).probability(Math.min(onlyFirst, onlySecond));
    return Math.min(1, 2 * tail() - own);
  }

  private double tail() {
    int all = onlyFirst + onlySecond;
    return all == 0
        ? 1
        : BinomialDistribution.of(all, 0.5).cumulativeProbability(Math.min(onlyFirst, onlySecond));
  }

  /// Bonett and Price's interval (2012) of the second's pass rate minus the first's: `(q_c − q_b) ±
  /// z √((q_c + q_b − (q_c − q_b)²) / (n + 2))` with `q = (count + 1) / (n + 2)`. It covers enough
  /// from 30 items on, where Wald's and the percentile bootstrap do not.
  ///
  /// @param error probability that it misses, both ends together
  public Interval difference(double error) {
    double first = (onlyFirst + 1.0) / (count + 2.0);
    double second = (onlySecond + 1.0) / (count + 2.0);
    double middle = second - first;
    double width =
        Normal.upper(error / 2) * Math.sqrt((first + second - middle * middle) / (count + 2.0));
    double estimate = (double) (onlySecond - onlyFirst) / count;
    return new Interval(estimate, Math.max(-1, middle - width), Math.min(1, middle + width));
  }
}
