package dev.hone.ladder.statistics;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/// How a metric grows with the rows that are learned from, told by a few sizes of training set that
/// are asked the same items: `error = end + scale · rows^-slope`, a straight line of `log(error −
/// end)` against `log(rows)`.
///
/// @param end of the error, however many rows there are
/// @param slope of the line, with its sign turned
/// @param intercept of the line
public record LearningCurve(double end, double slope, double intercept) {
  private static final double LEAST_SLOPE = 0.0;
  private static final double MOST_SLOPE = 1.0;
  private static final double LEAST_ERROR = 1e-3;
  private static final int DRAWS = 4_000;

  /// @param rows trained on
  /// @param counts of the metric, item by item, in an order that all points share
  public record Point(int rows, double[][] counts) {
    private double error(ToDoubleFunction<double[]> metric) {
      return error(metric, PairedBootstrap.sum(counts));
    }

    private static double error(ToDoubleFunction<double[]> metric, double[] sums) {
      return Math.max(LEAST_ERROR, 1 - metric.applyAsDouble(sums));
    }

    /// Of all items but one, for each.
    private double[] logErrorsWithout(ToDoubleFunction<double[]> metric) {
      var all = PairedBootstrap.sum(counts);
      var errors = new double[counts.length];
      for (int item = 0; item < errors.length; item++) {
        var others = all.clone();
        for (int i = 0; i < others.length; i++) {
          others[i] -= counts[item][i];
        }
        errors[item] = Math.log(error(metric, others));
      }
      return errors;
    }
  }

  /// The least-squares line.
  private static LearningCurve of(List<Point> points, double[] errors, double end) {
    double meanX = points.stream().mapToDouble(p -> Math.log(p.rows())).average().orElseThrow();
    double meanY = Arrays.stream(errors).map(e -> Math.log(e - end)).average().orElseThrow();
    double products = 0;
    double squares = 0;
    for (int i = 0; i < errors.length; i++) {
      double x = Math.log(points.get(i).rows()) - meanX;
      products += x * (Math.log(errors[i] - end) - meanY);
      squares += x * x;
    }
    double slope = Math.clamp(-products / squares, LEAST_SLOPE, MOST_SLOPE);
    return new LearningCurve(end, slope, meanY + slope * meanX);
  }

  private double errorAt(double rows) {
    return end + Math.exp(intercept - slope * Math.log(rows));
  }

  /// What would be measured with so many rows to learn from, on the same items, with its 80 %
  /// interval.
  ///
  /// What is measured at each size has noise of its own, and so will what is measured then. How
  /// hard the items are is no part of it, since they stay the same: it is told by what sizes differ
  /// by, item by item, and taken to be as that of a share, `e·(1 − e)` for an error of `e`. Where
  /// the curve ends two or three sizes cannot say: any end from 0 to the least error is as likely
  /// as any other. The line is fitted anew to points that are drawn with the noise, above an end
  /// that is drawn, and the noise added to what it foretells.
  ///
  /// @param metric of summed counts
  public static Interval forecast(
      List<Point> points, ToDoubleFunction<double[]> metric, double rows, long seed) {
    var errors = points.stream().mapToDouble(point -> point.error(metric)).toArray();
    double variance = variance(points, errors, metric);
    var random = new SplittableRandom(seed);
    var draws = new double[DRAWS];
    var drawn = new double[errors.length];
    for (int draw = 0; draw < DRAWS; draw++) {
      Arrays.setAll(drawn, i -> noisy(errors[i], variance, random));
      double end = random.nextDouble() * Arrays.stream(drawn).min().orElseThrow();
      double error = of(points, drawn, end).errorAt(rows);
      draws[draw] = 1 - Math.min(1, noisy(error, variance, random));
    }
    Arrays.sort(draws);
    return new Interval(draws[DRAWS / 2], draws[DRAWS / 10], draws[DRAWS - 1 - DRAWS / 10]);
  }

  /// An error that is measured again.
  private static double noisy(double error, double variance, SplittableRandom random) {
    return error * Math.exp(Math.sqrt(variance * relative(error)) * random.nextGaussian());
  }

  /// The variance of a share's logarithm, times the number of items.
  private static double relative(double error) {
    return Math.max(0, 1 - error) / error;
  }

  /// Of log errors, for a [#relative] of one: by the jackknife over items of what sizes differ by.
  private static double variance(
      List<Point> points, double[] errors, ToDoubleFunction<double[]> metric) {
    var without = points.stream().map(point -> point.logErrorsWithout(metric)).toList();
    double variances = 0;
    double relatives = 0;
    for (int i = 0; i < errors.length; i++) {
      for (int j = i + 1; j < errors.length; j++) {
        double items = without.get(i).length;
        var differences = Differences.between(without.get(i), without.get(j));
        variances += differences.variance() * (items - 1) * (items - 1) / items;
        relatives += relative(errors[i]) + relative(errors[j]);
      }
    }
    return relatives == 0 ? 0 : variances / relatives;
  }
}
