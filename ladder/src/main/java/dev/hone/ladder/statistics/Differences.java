package dev.hone.ladder.statistics;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.commons.statistics.distribution.TDistribution;

/// Paired differences of graded scores, item by item.
public final class Differences {
  private static final int EXACT_UP_TO = 20;
  private static final int FLIPS = 10_000;

  private final double[] values;

  private Differences(double[] values) {
    if (values.length < 2) {
      throw new IllegalArgumentException("a difference needs two items, got " + values.length);
    }
    this.values = values;
  }

  public static Differences of(double... values) {
    return new Differences(values.clone());
  }

  /// `second − first`, item by item.
  public static Differences between(double[] first, double[] second) {
    var values = new double[first.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = second[i] - first[i];
    }
    return new Differences(values);
  }

  public double mean() {
    return Arrays.stream(values).average().orElseThrow();
  }

  /// Of one item, with `n − 1`.
  public double variance() {
    double mean = mean();
    return Arrays.stream(values).map(x -> (x - mean) * (x - mean)).sum() / (values.length - 1);
  }

  /// Student's statistic of the mean against zero.
  public double t() {
    return mean() / Math.sqrt(variance() / values.length);
  }

  /// Of [#t], two-sided.
  public double tTest() {
    double spread = variance();
    if (spread == 0) {
      return mean() == 0 ? 1 : 0;
    }
    return 2 * TDistribution.of(values.length - 1).survivalProbability(Math.abs(t()));
  }

  /// Student's interval of the mean.
  public Interval interval(double error) {
    double width =
        TDistribution.of(values.length - 1).inverseSurvivalProbability(error / 2)
            * Math.sqrt(variance() / values.length);
    return new Interval(mean(), mean() - width, mean() + width);
  }

  /// The sign-flip permutation test of the mean against zero, two-sided: all `2ⁿ` up to 20 items,
  /// else 10,000 draws.
  public double signFlip(long seed) {
    double own = Math.abs(mean()) - 1e-12;
    return values.length <= EXACT_UP_TO ? allFlips(own, true) : drawnFlips(own, seed);
  }

  /// One-sided: against a mean that is not greater than zero.
  public double signFlipGreater() {
    if (values.length > EXACT_UP_TO) {
      throw new IllegalArgumentException("exact for %d items".formatted(values.length));
    }
    return allFlips(mean() - 1e-12, false);
  }

  private double allFlips(double own, boolean isTwoSided) {
    int all = 1 << values.length;
    int hits = 0;
    for (int signs = 0; signs < all; signs++) {
      double mean = flipped(signs);
      hits += (isTwoSided ? Math.abs(mean) : mean) >= own ? 1 : 0;
    }
    return (double) hits / all;
  }

  private double flipped(int signs) {
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += (signs >> i & 1) == 0 ? values[i] : -values[i];
    }
    return sum / values.length;
  }

  private double drawnFlips(double own, long seed) {
    var random = new SplittableRandom(seed);
    int hits = 0;
    for (int draw = 0; draw < FLIPS; draw++) {
      double sum = 0;
      for (double value : values) {
        sum += random.nextBoolean() ? value : -value;
      }
      hits += Math.abs(sum / values.length) >= own ? 1 : 0;
    }
    return (1.0 + hits) / (1.0 + FLIPS);
  }
}
