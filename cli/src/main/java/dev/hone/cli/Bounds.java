package dev.hone.cli;

import dev.hone.model.UsageException;
import java.util.Locale;

/// Refuses values of options that make no sense, by the option's name.
final class Bounds {
  private Bounds() {}

  static int atLeast(int least, String option, int value) {
    require(value >= least, option, "at least " + least, value);
    return value;
  }

  /// Above zero, and a number.
  static double positive(String option, double value) {
    require(value > 0 && !Double.isInfinite(value), option, "above 0", value);
    return value;
  }

  /// Zero or above, and a number.
  static double notNegative(String option, double value) {
    require(value >= 0 && !Double.isInfinite(value), option, "0 or above", value);
    return value;
  }

  /// In `[0, 1)`.
  static double share(String option, double value) {
    require(value >= 0 && value < 1, option, "at least 0 and below 1", value);
    return value;
  }

  /// From `least` to `most`, both included.
  static double between(double least, double most, String option, double value) {
    require(
        value >= least && value <= most,
        option,
        String.format(Locale.ROOT, "between %s and %s", Numbers.real(least), Numbers.real(most)),
        value);
    return value;
  }

  private static void require(boolean holds, String option, String rule, Number value) {
    if (!holds) {
      var shown = value instanceof Integer ? value.toString() : Numbers.real(value.doubleValue());
      throw new UsageException(
          "%s must be %s, got %s".formatted(option, rule, shown),
          "leave it out to use the default");
    }
  }
}
