package dev.hone.rag.retrieve;

import dev.hone.rag.store.Scored;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How two rankings become one.
public sealed interface Fusion {
  /// `weight · words + (1 − weight) · vectors`, each leg's scores brought to 0..1 by its own least
  /// and greatest (Bruch et al. 2022, arXiv 2210.11934). A passage that a leg did not find has its
  /// 0. Better than [ReciprocalRank] on three of three sets tried, and hardly sensitive to the
  /// weight: docs/benchmarks.md.
  ///
  /// @param weight of the words, 0..1
  record Convex(double weight) implements Fusion {
    public Convex {
      if (!(weight >= 0 && weight <= 1)) {
        throw new IllegalArgumentException("fusion weight must be in 0..1, got " + weight);
      }
    }
  }

  /// The sum of `1 / (k + rank)` over the legs (Cormack et al. 2009), the usual default elsewhere:
  /// for comparison.
  ///
  /// @param k 60 in the paper
  record ReciprocalRank(int k) implements Fusion {}

  /// Where neither has been tuned.
  Convex DEFAULT = new Convex(0.5);

  /// All passages that a leg found, best first; equal ones by id.
  default List<Scored> fuse(List<Scored> words, List<Scored> vectors) {
    var sums = new HashMap<Long, Double>();
    switch (this) {
      case Convex(var weight) -> {
        addNormalised(words, weight, sums);
        addNormalised(vectors, 1 - weight, sums);
      }
      case ReciprocalRank(var k) -> {
        addRanks(words, k, sums);
        addRanks(vectors, k, sums);
      }
    }
    var fused = new ArrayList<Scored>();
    sums.forEach((id, score) -> fused.add(new Scored(id, score)));
    fused.sort(Comparator.comparingDouble(Scored::score).reversed().thenComparingLong(Scored::id));
    return fused;
  }

  private static void addNormalised(List<Scored> leg, double weight, Map<Long, Double> sums) {
    if (leg.isEmpty()) {
      return;
    }
    double least = leg.getLast().score();
    double range = leg.getFirst().score() - least;
    for (var hit : leg) {
      double normal = range > 0 ? (hit.score() - least) / range : 1;
      sums.merge(hit.id(), weight * normal, Double::sum);
    }
  }

  private static void addRanks(List<Scored> leg, int k, Map<Long, Double> sums) {
    for (int rank = 1; rank <= leg.size(); rank++) {
      sums.merge(leg.get(rank - 1).id(), 1.0 / (k + rank), Double::sum);
    }
  }
}
