package dev.hone.ladder.statistics;

/// How much data a claim needs.
public final class SampleSize {
  private static final double POWER_80 = 0.841621;
  private static final double TWO_SIDED_5 = 1.959964;
  private static final double ONE_SIDED_5 = 1.644854;

  private SampleSize() {}

  /// The smallest difference of two systems on the same items that is found four times in five, at
  /// 5 % two-sided: `2.80 √(v / n)`.
  ///
  /// @param variance of the differences of one item; for pass or fail, the share of items on which
  ///   they differ
  public static double detectable(int items, double variance) {
    return (TWO_SIDED_5 + POWER_80) * Math.sqrt(variance / items);
  }

  /// Items to show, four times in five at 5 % one-sided, that a system is not worse by more than a
  /// margin when it is equal: `6.18 v / margin²`.
  public static int notWorse(double variance, double margin) {
    double z = ONE_SIDED_5 + POWER_80;
    return (int) Math.ceil(z * z * variance / (margin * margin));
  }

  /// How many standard errors reach to either end of an interval.
  ///
  /// @param error probability that it misses, both ends together
  public static double twoSided(double error) {
    return Normal.upper(error / 2);
  }

  /// The reverse of [#twoSided].
  public static double errorOf(double z) {
    return 2 * Normal.cumulative(-z);
  }
}
