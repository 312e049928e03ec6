package dev.hone.ladder.statistics;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;

/// Scores of items that belong together: questions about one document, variants of one ticket.
public final class Clusters {
  private Clusters() {}

  /// The standard error of the mean score: `√Σ_c(Σ_{i∈c}(s_i − s̄))² / n · √(C / (C − 1))` (Miller
  /// 2024, arXiv 2411.00640, with the finite correction).
  ///
  /// @param names of the clusters, item by item
  public static double standardError(double[] scores, List<String> names) {
    double mean = Arrays.stream(scores).average().orElseThrow();
    var sums = new HashMap<String, Double>();
    for (int i = 0; i < scores.length; i++) {
      sums.merge(names.get(i), scores[i] - mean, Double::sum);
    }
    if (sums.size() < 2) {
      throw new IllegalArgumentException("one cluster has no error");
    }
    double squares = sums.values().stream().mapToDouble(sum -> sum * sum).sum();
    double correction = Math.sqrt(sums.size() / (sums.size() - 1.0));
    return Math.sqrt(squares) / scores.length * correction;
  }
}
