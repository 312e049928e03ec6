package dev.hone.ladder.statistics;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/// The bootstrap over items for metrics of a whole set, such as BLEU or macro-F1: what an item
/// contributes to them is a vector of counts, so that a draw is a sum.
public final class PairedBootstrap {
  private static final int DRAWS = 10_000;

  private PairedBootstrap() {}

  /// The interval of `second − first`, bias-corrected (BC; Efron 1981): fewer than 50 items are too
  /// few for it.
  ///
  /// @param first counts, item by item
  /// @param metric of summed counts
  /// @param error probability that it misses, both ends together
  public static Interval difference(
      double[][] first,
      double[][] second,
      ToDoubleFunction<double[]> metric,
      double error,
      long seed) {
    double own = metric.applyAsDouble(sum(second)) - metric.applyAsDouble(sum(first));
    var random = new SplittableRandom(seed);
    var draws = new double[DRAWS];
    int count = first.length;
    var sparseFirst = Sparse.of(first);
    var sparseSecond = Sparse.of(second);
    var ofFirst = new double[first[0].length];
    var ofSecond = new double[ofFirst.length];
    for (int draw = 0; draw < DRAWS; draw++) {
      Arrays.fill(ofFirst, 0);
      Arrays.fill(ofSecond, 0);
      for (int i = 0; i < count; i++) {
        int item = random.nextInt(count);
        sparseFirst[item].addTo(ofFirst);
        sparseSecond[item].addTo(ofSecond);
      }
      draws[draw] = metric.applyAsDouble(ofSecond) - metric.applyAsDouble(ofFirst);
    }
    return corrected(own, draws, error);
  }

  /// The counts of an item that are not zero: of macro-F1's there are three among hundreds.
  private record Sparse(int[] places, double[] values) {
    static Sparse[] of(double[][] counts) {
      return Arrays.stream(counts).map(Sparse::of).toArray(Sparse[]::new);
    }

    static Sparse of(double[] counts) {
      var places = IntStream.range(0, counts.length).filter(i -> counts[i] != 0).toArray();
      return new Sparse(places, Arrays.stream(places).mapToDouble(i -> counts[i]).toArray());
    }

    void addTo(double[] sums) {
      for (int i = 0; i < places.length; i++) {
        sums[places[i]] += values[i];
      }
    }
  }

  /// The interval of one system's metric.
  public static Interval of(
      double[][] counts, ToDoubleFunction<double[]> metric, double error, long seed) {
    var nothing = new double[counts.length][counts[0].length];
    double zero = metric.applyAsDouble(sum(nothing));
    var interval = difference(nothing, counts, metric, error, seed);
    return new Interval(interval.estimate() + zero, interval.low() + zero, interval.high() + zero);
  }

  private static Interval corrected(double own, double[] draws, double error) {
    double z = Normal.upper(error / 2);
    Arrays.sort(draws);
    long below = Arrays.stream(draws).filter(x -> x < own).count();
    long equal = Arrays.stream(draws).filter(x -> x == own).count();
    double share = Math.clamp((below + equal / 2.0) / draws.length, 1e-3, 1 - 1e-3);
    double bias = 2 * Normal.inverse(share);
    return new Interval(
        own, at(draws, Normal.cumulative(bias - z)), at(draws, Normal.cumulative(bias + z)));
  }

  private static double at(double[] sorted, double share) {
    return sorted[(int) Math.clamp(share * sorted.length, 0, sorted.length - 1.0)];
  }

  /// The sum over all items.
  public static double[] sum(double[][] counts) {
    var sum = new double[counts[0].length];
    for (var item : counts) {
      add(item, sum);
    }
    return sum;
  }

  private static void add(double[] counts, double[] into) {
    for (int i = 0; i < into.length; i++) {
      into[i] += counts[i];
    }
  }
}
