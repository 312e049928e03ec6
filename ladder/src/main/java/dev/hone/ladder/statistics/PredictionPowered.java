package dev.hone.ladder.statistics;

import java.util.Arrays;
import java.util.List;

/// A mean that a machine has judged on many items, corrected by what people say of some of them
/// (prediction-powered inference; Angelopoulos et al. 2023, arXiv 2301.09633).
public final class PredictionPowered {
  private PredictionPowered() {}

  /// The interval of `mean(judged) + share · mean(people − judged)`, with the variance `var(judged)
  /// / N + share² · var(people − judged) / n`.
  ///
  /// @param judged scores of all items, by the machine
  /// @param groups of these items: of one group are not independent
  /// @param errors `people − judged` of a random sample of those items on which the machine may err
  /// @param share of all items on which it may; on the others nobody could differ
  /// @param error probability that the interval misses
  public static Interval of(
      double[] judged, List<String> groups, double[] errors, double share, double error) {
    var correction = Differences.of(errors);
    double mean = Arrays.stream(judged).average().orElseThrow();
    double estimate = mean + share * correction.mean();
    double ofJudged = Clusters.standardError(judged, groups);
    double variance = ofJudged * ofJudged + share * share * correction.variance() / errors.length;
    double width = Normal.upper(error / 2) * Math.sqrt(variance);
    return new Interval(
        Math.clamp(estimate, 0, 1),
        Math.clamp(estimate - width, 0, 1),
        Math.clamp(estimate + width, 0, 1));
  }
}
