package dev.hone.ladder.statistics;

import java.util.Arrays;

/// Tests that look at growing data several times, at equal distances, and may stop at any look:
/// Pocock's boundary (1977), the same critical value at each.
///
/// The sum of `k` parts is `S_k ~ N(0, k)` where there is no effect; the value `c` is where some
/// `S_k / √k` exceeds `c` as often as the error allows. The density of what has not exceeded it is
/// carried from look to look on a grid (Armitage, McPherson and Rowe 1969).
public final class GroupSequential {
  private static final int CELLS = 400;
  private static final double LOWEST = -8;
  private static final double PRECISION = 1e-5;

  private GroupSequential() {}

  /// The critical value of every look.
  ///
  /// @param looks how many, at equal distances
  /// @param error one-sided, over all looks
  public static double pocock(int looks, double error) {
    double low = Normal.upper(error) - PRECISION;
    double high = Normal.upper(error / looks) + PRECISION;
    while (high - low > PRECISION) {
      double middle = (low + high) / 2;
      if (crossing(looks, middle) > error) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return (low + high) / 2;
  }

  /// How often one look or another exceeds the value where there is no effect.
  static double crossing(int looks, double value) {
    var before = new Grid(1, value);
    Arrays.setAll(before.density, i -> Normal.density(before.at(i)));
    var grid = before;
    for (int look = 2; look <= looks; look++) {
      grid = grid.next(look, value);
    }
    return 1 - grid.mass();
  }

  /// The density of the sum, where no look has exceeded the value.
  private static final class Grid {
    private final double[] density = new double[CELLS + 1];
    private final double from;
    private final double step;

    Grid(int look, double value) {
      this.from = LOWEST * Math.sqrt(look);
      this.step = (value * Math.sqrt(look) - from) / CELLS;
    }

    double at(int i) {
      return from + i * step;
    }

    /// Trapezoids.
    private double weight(int i) {
      return i == 0 || i == CELLS ? step / 2 : step;
    }

    double mass() {
      double mass = 0;
      for (int i = 0; i <= CELLS; i++) {
        mass += weight(i) * density[i];
      }
      return mass;
    }

    Grid next(int look, double value) {
      var next = new Grid(look, value);
      for (int i = 0; i <= CELLS; i++) {
        double sum = 0;
        for (int j = 0; j <= CELLS; j++) {
          sum += weight(j) * density[j] * Normal.density(next.at(i) - at(j));
        }
        next.density[i] = sum;
      }
      return next;
    }
  }
}
