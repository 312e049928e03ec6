package dev.hone.ladder.statistics;

import java.util.Comparator;
import java.util.stream.IntStream;

/// Holm's correction of several tests (1979): at most one in twenty families has a false finding.
public final class Holm {
  private Holm() {}

  /// The adjusted p-values, in the order given.
  public static double[] adjusted(double... p) {
    var order =
        IntStream.range(0, p.length).boxed().sorted(Comparator.comparingDouble(i -> p[i])).toList();
    var adjusted = new double[p.length];
    double most = 0;
    for (int rank = 0; rank < p.length; rank++) {
      int place = order.get(rank);
      most = Math.max(most, Math.min(1, (p.length - rank) * p[place]));
      adjusted[place] = most;
    }
    return adjusted;
  }
}
