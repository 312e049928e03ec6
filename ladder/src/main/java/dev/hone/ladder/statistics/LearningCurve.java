package dev.hone.ladder.statistics;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/// How a metric grows with the rows that are learned from, told by a few sizes of training set that
/// are asked the same items: a straight line of `log(1 − metric)` against `log(rows)`. In trials
/// two parameters foretold the score at twice the rows to within a point; with a third, for where
/// it ends, the miss was twice that.
///
/// @param slope of the line, with its sign turned: the error falls as `rows^-slope`
/// @param intercept of the line
public record LearningCurve(double slope, double intercept) {
  private static final double LEAST_SLOPE = 0.0;
  private static final double MOST_SLOPE = 1.0;
  private static final double LEAST_ERROR = 1e-3;
  private static final int DRAWS = 4_000;

  /// @param rows trained on
  /// @param counts of the metric, item by item, in an order that all points share
  public record Point(int rows, double[][] counts) {
    private double logError(ToDoubleFunction<double[]> metric) {
      return logError(metric, PairedBootstrap.sum(counts));
    }

    private static double logError(ToDoubleFunction<double[]> metric, double[] sums) {
      return Math.log(Math.max(LEAST_ERROR, 1 - metric.applyAsDouble(sums)));
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
        errors[item] = logError(metric, others);
      }
      return errors;
    }
  }

  /// The least-squares line.
  ///
  /// @param points two or more
  /// @param metric of summed counts
  public static LearningCurve of(List<Point> points, ToDoubleFunction<double[]> metric) {
    return of(points, points.stream().mapToDouble(point -> point.logError(metric)).toArray());
  }

  private static LearningCurve of(List<Point> points, double[] logErrors) {
    double meanX = points.stream().mapToDouble(p -> Math.log(p.rows())).average().orElseThrow();
    double meanY = Arrays.stream(logErrors).average().orElseThrow();
    double products = 0;
    double squares = 0;
    for (int i = 0; i < logErrors.length; i++) {
      double x = Math.log(points.get(i).rows()) - meanX;
      products += x * (logErrors[i] - meanY);
      squares += x * x;
    }
    double slope = Math.clamp(-products / squares, LEAST_SLOPE, MOST_SLOPE);
    return new LearningCurve(slope, meanY + slope * meanX);
  }

  private double logErrorAt(double rows) {
    return intercept - slope * Math.log(rows);
  }

  /// The metric that so many rows would give.
  public double at(double rows) {
    return 1 - Math.exp(logErrorAt(rows));
  }

  /// What would be measured with so many rows to learn from, on the same items, with its 80 %
  /// interval.
  ///
  /// What is measured at each size has noise of its own, and so will what is measured then. How
  /// hard the items are is no part of it, since they stay the same: it is told by what sizes differ
  /// by, item by item, and taken to be as that of a share, `e·(1 − e)` for an error of `e`. The
  /// line is fitted anew to points that are drawn with that noise, and the noise added to what it
  /// foretells.
  ///
  /// @param metric of summed counts
  public static Interval forecast(
      List<Point> points, ToDoubleFunction<double[]> metric, double rows, long seed) {
    var logErrors = points.stream().mapToDouble(point -> point.logError(metric)).toArray();
    double variance = variance(points, logErrors, metric);
    var random = new SplittableRandom(seed);
    var draws = new double[DRAWS];
    var drawn = new double[logErrors.length];
    for (int draw = 0; draw < DRAWS; draw++) {
      Arrays.setAll(drawn, i -> noisy(logErrors[i], variance, random));
      double logError = of(points, drawn).logErrorAt(rows);
      draws[draw] = 1 - Math.min(1, Math.exp(noisy(logError, variance, random)));
    }
    Arrays.sort(draws);
    return new Interval(
        of(points, logErrors).at(rows), draws[DRAWS / 10], draws[DRAWS - 1 - DRAWS / 10]);
  }

  private static double noisy(double logError, double variance, SplittableRandom random) {
    return logError + Math.sqrt(variance * relative(logError)) * random.nextGaussian();
  }

  /// The variance of a share's logarithm, times the number of items.
  private static double relative(double logError) {
    double error = Math.exp(logError);
    return Math.max(0, 1 - error) / error;
  }

  /// Of log errors, for a [#relative] of one: by the jackknife over items of what sizes differ by.
  private static double variance(
      List<Point> points, double[] logErrors, ToDoubleFunction<double[]> metric) {
    var without = points.stream().map(point -> point.logErrorsWithout(metric)).toList();
    double variances = 0;
    double relatives = 0;
    for (int i = 0; i < logErrors.length; i++) {
      for (int j = i + 1; j < logErrors.length; j++) {
        double items = without.get(i).length;
        var differences = Differences.between(without.get(i), without.get(j));
        variances += differences.variance() * (items - 1) * (items - 1) / items;
        relatives += relative(logErrors[i]) + relative(logErrors[j]);
      }
    }
    return relatives == 0 ? 0 : variances / relatives;
  }
}
