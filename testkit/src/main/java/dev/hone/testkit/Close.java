package dev.hone.testkit;

/// Two notions of "equal up to rounding", for values that were computed twice in different orders.
///
/// [#assertClose] judges every element by itself, as `numpy.testing.assert_allclose` does: it suits
/// single operations. [#maxRelativeError] measures a whole array against its own largest value,
/// which is what rounding of long sums scales with: it suits logits and gradients, where elements
/// near zero carry the noise of the large ones.
public final class Close {
  private Close() {}

  /// Fails unless `|expected - actual| <= atol + rtol · |expected|` for every element; NaN is never
  /// close.
  ///
  /// @param rtol relative tolerance, dimensionless
  /// @param atol absolute tolerance, in the unit of the values
  public static void assertClose(float[] expected, float[] actual, double rtol, double atol) {
    requireSameLength(expected, actual);
    var worst = worst(expected, actual, rtol, atol);
    if (worst >= 0 && !(excess(expected[worst], actual[worst], rtol, atol) <= 0)) {
      throw new AssertionError(
          "not close at index %d of %d: expected %s, got %s; max relative error %.3g (rtol %.3g, atol %.3g)"
              .formatted(
                  worst,
                  expected.length,
                  expected[worst],
                  actual[worst],
                  maxRelativeError(expected, actual),
                  rtol,
                  atol));
    }
  }

  /// Fails unless [#maxRelativeError] is at most `limit`.
  public static void assertMaxRelativeError(float[] expected, float[] actual, double limit) {
    var error = maxRelativeError(expected, actual);
    if (!(error <= limit)) {
      var worst = worst(expected, actual, 0, 0);
      throw new AssertionError(
          "max relative error %.3g is above %.3g; worst at index %d of %d: expected %s, got %s"
              .formatted(error, limit, worst, expected.length, expected[worst], actual[worst]));
    }
  }

  /// `max|expected - actual| / max|expected|`; 0 for equal arrays, infinite where only `expected`
  /// is all zero, NaN as soon as one difference is NaN.
  public static double maxRelativeError(float[] expected, float[] actual) {
    requireSameLength(expected, actual);
    double difference = 0;
    double magnitude = 0;
    for (int i = 0; i < expected.length; i++) {
      difference = Math.max(difference, difference(expected[i], actual[i]));
      magnitude = Math.max(magnitude, Math.abs((double) expected[i]));
    }
    return difference == 0 ? 0 : difference / magnitude;
  }

  /// The index that exceeds its tolerance most, the first NaN before all; -1 for empty arrays.
  private static int worst(float[] expected, float[] actual, double rtol, double atol) {
    int worst = -1;
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < expected.length; i++) {
      var excess = excess(expected[i], actual[i], rtol, atol);
      if (Double.isNaN(excess)) {
        return i;
      }
      if (excess > most) {
        most = excess;
        worst = i;
      }
    }
    return worst;
  }

  private static double excess(float expected, float actual, double rtol, double atol) {
    var difference = difference(expected, actual);
    return difference == 0 ? -atol : difference - atol - rtol * Math.abs((double) expected);
  }

  /// `|expected - actual|`, where equal infinities differ by 0.
  private static double difference(float expected, float actual) {
    return expected == actual ? 0 : Math.abs((double) expected - actual);
  }

  private static void requireSameLength(float[] expected, float[] actual) {
    if (expected.length != actual.length) {
      throw new AssertionError(
          "expected %d values, got %d".formatted(expected.length, actual.length));
    }
  }
}
