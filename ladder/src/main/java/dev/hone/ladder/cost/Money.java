package dev.hone.ladder.cost;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.OptionalDouble;

/// US dollars, or that they are not known. What an unknown amount is added to is unknown too.
public sealed interface Money {
  Money ZERO = new Known(0);

  record Known(double amount) implements Money {
    public Known {
      if (!Double.isFinite(amount)) {
        throw new IllegalArgumentException("an amount of money must be finite, got " + amount);
      }
    }
  }

  /// @param why it is not known
  record Unknown(String why) implements Money {}

  static Money of(double usd) {
    return new Known(usd);
  }

  default Money plus(Money other) {
    return switch (this) {
      case Known(double usd) ->
          switch (other) {
            case Known(double more) -> of(usd + more);
            case Unknown unknown -> unknown;
          };
      case Unknown unknown -> unknown;
    };
  }

  /// So much of it; nothing of it costs nothing, at whatever price.
  default Money times(double amount) {
    return switch (this) {
      case Known(double usd) -> of(usd * amount);
      case Unknown unknown -> amount == 0 ? ZERO : unknown;
    };
  }

  default OptionalDouble usd() {
    return switch (this) {
      case Known(double usd) -> OptionalDouble.of(usd);
      case Unknown any -> OptionalDouble.empty();
    };
  }

  /// As people read it: `$1,964`, `$10.50`, `$0.0315`, `unknown`.
  default String words() {
    return switch (this) {
      case Known(double usd) -> words(usd);
      case Unknown any -> "unknown";
    };
  }

  /// A price with all its digits: `$0.1785`.
  default String exact() {
    return switch (this) {
      case Known(double usd) -> "$" + BigDecimal.valueOf(usd).stripTrailingZeros().toPlainString();
      case Unknown any -> "unknown";
    };
  }

  private static String words(double usd) {
    double size = Math.abs(usd);
    if (size == 0) {
      return "$0";
    }
    int decimals =
        size >= 100 ? 0 : size >= 1 ? 2 : Math.min(12, 2 - (int) Math.floor(Math.log10(size)));
    return (usd < 0 ? "-$" : "$") + String.format(Locale.ROOT, "%,." + decimals + "f", size);
  }
}
