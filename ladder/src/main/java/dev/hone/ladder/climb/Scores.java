package dev.hone.ladder.climb;

import dev.hone.ladder.metric.Metric;
import dev.hone.ladder.statistics.Clusters;
import dev.hone.ladder.statistics.Differences;
import dev.hone.ladder.statistics.Discordance;
import dev.hone.ladder.statistics.Interval;
import dev.hone.ladder.statistics.PairedBootstrap;
import dev.hone.ladder.statistics.Proportion;
import dev.hone.ladder.statistics.SampleSize;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;

/// How one rung did on the first items of a part.
///
/// @param metric that the counts are of
/// @param counts of the metric, item by item
/// @param scores of single items
/// @param groups of the items: of one group are not independent
public record Scores(Metric metric, double[][] counts, double[] scores, List<String> groups) {
  private static final long SEED = 1;

  public int items() {
    return scores.length;
  }

  /// The first of them.
  public Scores first(int items) {
    return new Scores(
        metric,
        Arrays.copyOf(counts, items),
        Arrays.copyOf(scores, items),
        groups.subList(0, items));
  }

  public double value() {
    return metric.value(PairedBootstrap.sum(counts));
  }

  private boolean isMean() {
    return counts[0].length == 2;
  }

  private boolean hasClusters() {
    return new HashSet<>(groups).size() < groups.size();
  }

  /// The metric with its interval.
  ///
  /// @param error probability that it misses, both ends together
  public Interval interval(double error) {
    if (isAll(scores)) {
      return alike(error);
    }
    if (!isMean()) {
      return PairedBootstrap.of(counts, metric::value, error, SEED);
    }
    if (metric.isPassFail() && !hasClusters()) {
      int passed = (int) Math.round(Arrays.stream(scores).sum());
      return Proportion.wilson(passed, items(), error);
    }
    var interval =
        hasClusters() ? clustered(scores, error) : Differences.of(scores).interval(error);
    return new Interval(
        interval.estimate(), Math.max(0, interval.low()), Math.min(1, interval.high()));
  }

  /// Where all items score the same, neither their spread nor a bootstrap tells anything: as if
  /// that were the share of items that pass.
  private Interval alike(double error) {
    double value = value();
    int passed = (int) Math.floor(value * items() + 1e-9);
    var wilson = Proportion.wilson(passed, items(), error);
    return new Interval(value, Math.min(value, wilson.low()), Math.max(value, wilson.high()));
  }

  private static boolean isAll(double[] values) {
    return Arrays.stream(values).allMatch(value -> value == values[0]);
  }

  /// Whether its intervals are of the bootstrap, which needs more items.
  public boolean isBootstrapped() {
    return !isMean();
  }

  /// The metric with the interval that reaches so many standard errors to either end.
  public Interval intervalOf(double z) {
    return interval(SampleSize.errorOf(z));
  }

  /// How much better this is than another on the same items.
  public Interval above(Scores other, double error) {
    if (Arrays.equals(scores, other.scores)) {
      return new Discordance(0, 0, items()).difference(error);
    }
    if (!isMean()) {
      return PairedBootstrap.difference(other.counts, counts, metric::value, error, SEED);
    }
    if (hasClusters()) {
      return clustered(differences(other), error);
    }
    return metric.isPassFail()
        ? Discordance.of(other.scores, scores).difference(error)
        : Differences.between(other.scores, scores).interval(error);
  }

  private double[] differences(Scores other) {
    var differences = new double[items()];
    for (int i = 0; i < differences.length; i++) {
      differences[i] = scores[i] - other.scores[i];
    }
    return differences;
  }

  private Interval clustered(double[] values, double error) {
    double mean = Arrays.stream(values).average().orElseThrow();
    double width = Clusters.standardError(values, groups) * SampleSize.twoSided(error);
    return new Interval(mean, mean - width, mean + width);
  }

  /// The variance of one item's difference to another's, for forecasts of how many are needed.
  public double varianceAgainst(Scores other) {
    return Differences.of(differences(other)).variance();
  }
}
