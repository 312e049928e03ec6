package dev.hone.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/// Numbers as they are shown to people.
final class Numbers {
  private static final String[] BYTE_UNITS = {"bytes", "kB", "MB", "GB", "TB", "PB"};

  private Numbers() {}

  /// `1,234`
  static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /// `1 step`, `1,234 steps`
  static String count(long value, String noun) {
    return count(value) + " " + noun + (value == 1 ? "" : "s");
  }

  /// With a short form from a million on: `134,515,008 (134.5 M)`
  static String parameters(long value) {
    if (value >= 1_000_000_000) {
      return String.format(Locale.ROOT, "%,d (%.2f B)", value, value / 1e9);
    }
    return value < 1_000_000
        ? count(value)
        : String.format(Locale.ROOT, "%,d (%.1f M)", value, value / 1e6);
  }

  /// A loss: `3.2139`
  static String loss(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }

  /// A perplexity, to four digits or so: `24.89`, `1,234`
  static String perplexity(double value) {
    return value < 1000
        ? String.format(Locale.ROOT, "%.2f", value)
        : String.format(Locale.ROOT, "%,.0f", value);
  }

  /// A share of one: `45.6 %`
  static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  /// How much `after` is above `before`, with its sign: `-42.8 %`
  static String change(double before, double after) {
    return String.format(Locale.ROOT, "%+.1f %%", 100 * (after / before - 1));
  }

  /// A difference of shares, in percentage points: `+42.5 points`
  static String points(double difference) {
    return String.format(Locale.ROOT, "%+.1f points", 100 * difference);
  }

  /// A setting of any size: `10,000`, `0.5`, `0.0003`, `1e-5`
  static String real(double value) {
    double size = Math.abs(value);
    if (value == Math.rint(value) && size < 1e7) {
      return count((long) value);
    }
    return size >= 1e-4 && size < 1e7
        ? new BigDecimal(value, MathContext.DECIMAL32).stripTrailingZeros().toPlainString()
        : String.format(Locale.ROOT, "%.2e", value).replaceAll("\\.?0+e", "e").replace("e-0", "e-");
  }

  /// A rate: `4,321`, `12.3`
  static String rate(double perSecond) {
    return perSecond < 100
        ? String.format(Locale.ROOT, "%.1f", perSecond)
        : count(Math.round(perSecond));
  }

  /// `0.4 s`, `12 s`, `1 m 23 s`, `2 h 05 m`, `3 d 04 h`
  static String duration(double seconds) {
    long whole = Math.round(seconds);
    if (seconds < 9.95) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    if (whole < 60) {
      return whole + " s";
    }
    if (whole < 3600) {
      return String.format(Locale.ROOT, "%d m %02d s", whole / 60, whole % 60);
    }
    return whole < 86_400
        ? String.format(Locale.ROOT, "%d h %02d m", whole / 3600, whole % 3600 / 60)
        : String.format(Locale.ROOT, "%d d %02d h", whole / 86_400, whole % 86_400 / 3600);
  }

  /// In powers of ten: `1.2 GB`
  static String bytes(long value) {
    int unit = 0;
    double scaled = value;
    while (scaled >= 999.95 && unit < BYTE_UNITS.length - 1) {
      scaled /= 1000;
      unit++;
    }
    return unit == 0
        ? value + " bytes"
        : String.format(Locale.ROOT, "%.1f %s", scaled, BYTE_UNITS[unit]);
  }
}
