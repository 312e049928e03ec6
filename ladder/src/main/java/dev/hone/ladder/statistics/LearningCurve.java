package dev.hone.ladder.statistics;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// How scores grow with rows, from a few sizes of training set asked the same items: a straight
/// line of `log(1 − score)` against `log(rows)`. In trials two parameters foretold the score at
/// twice the rows to within a point; with a third, for where it ends, the miss was twice that.
///
/// @param slope of the line, with its sign turned: the error falls as `rows^-slope`
/// @param intercept of the line
public record LearningCurve(double slope, double intercept) {
  private static final double LEAST_SLOPE = 0.0;
  private static final double MOST_SLOPE = 1.0;
  private static final double LEAST_ERROR = 1e-3;
  private static final int DRAWS = 400;

  /// @param rows trained on
  /// @param scores of the items, 0 to 1, in an order that all points share
  public record Point(int rows, double[] scores) {
    double error(int[] items) {
      double sum = 0;
      for (int item : items) {
        sum += scores[item];
      }
      return Math.max(LEAST_ERROR, 1 - sum / items.length);
    }
  }

  /// The least-squares line.
  ///
  /// @param points two or more
  public static LearningCurve of(List<Point> points) {
    return of(points, all(points));
  }

  private static int[] all(List<Point> points) {
    var items = new int[points.getFirst().scores().length];
    Arrays.setAll(items, i -> i);
    return items;
  }

  private static LearningCurve of(List<Point> points, int[] items) {
    double meanX = points.stream().mapToDouble(p -> Math.log(p.rows())).average().orElseThrow();
    double meanY =
        points.stream().mapToDouble(p -> Math.log(p.error(items))).average().orElseThrow();
    double products = 0;
    double squares = 0;
    for (var point : points) {
      double x = Math.log(point.rows()) - meanX;
      products += x * (Math.log(point.error(items)) - meanY);
      squares += x * x;
    }
    double slope = Math.clamp(-products / squares, LEAST_SLOPE, MOST_SLOPE);
    return new LearningCurve(slope, meanY + slope * meanX);
  }

  /// The score that so many rows would give.
  public double at(double rows) {
    return 1 - Math.exp(intercept - slope * Math.log(rows));
  }

  /// Rows that would give a score; infinite where more rows do not help.
  public double rowsFor(double score) {
    return slope == 0
        ? Double.POSITIVE_INFINITY
        : Math.exp((intercept - Math.log(Math.max(LEAST_ERROR, 1 - score))) / slope);
  }

  /// The score at so many rows with its 80 % interval: items drawn again, the line fitted anew.
  public static Interval forecast(List<Point> points, double rows, long seed) {
    var random = new SplittableRandom(seed);
    int count = points.getFirst().scores().length;
    var draws = new double[DRAWS];
    var items = new int[count];
    for (int draw = 0; draw < DRAWS; draw++) {
      Arrays.setAll(items, i -> random.nextInt(count));
      draws[draw] = of(points, items).at(rows);
    }
    Arrays.sort(draws);
    return new Interval(of(points).at(rows), draws[DRAWS / 10], draws[DRAWS - 1 - DRAWS / 10]);
  }
}
