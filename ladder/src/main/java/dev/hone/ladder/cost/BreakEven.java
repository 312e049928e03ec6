package dev.hone.ladder.cost;

import java.util.Locale;

/// From which traffic on one way to answer is cheaper than another.
public sealed interface BreakEven {
  /// More replicas than this are not looked at.
  int MOST_REPLICAS = 1_000;

  /// Cheaper above so many requests a day, where it needs so many machines.
  record Above(double requestsPerDay, int replicas) implements BreakEven {}

  /// Cheaper below so many requests a day.
  record Below(double requestsPerDay) implements BreakEven {}

  record Always() implements BreakEven {}

  record Never() implements BreakEven {}

  /// @param why a price is missing
  record Unknown(String why) implements BreakEven {}

  /// When `one` is cheaper than `other`.
  ///
  /// Without machines it is `(fixed − fixed of other) / (price of other's request − price)`.
  /// Machines make both costs rise in steps, so each step is looked at; the first crossing counts.
  static BreakEven between(Running one, Running other) {
    for (var cost : new Money[] {one.month(1), other.month(1)}) {
      if (cost instanceof Money.Unknown(var why)) {
        return new Unknown(why);
      }
    }
    boolean isCheaperAtFirst = difference(one, other, 1, 1).atZero() < 0;
    double from = 0;
    for (int i = 1, k = 1; i <= MOST_REPLICAS && k <= MOST_REPLICAS; ) {
      double endOfOne = i * capacity(one);
      double endOfOther = k * capacity(other);
      double to = Math.min(endOfOne, endOfOther);
      var crossing = difference(one, other, i, k).crossing(from, to, isCheaperAtFirst);
      if (crossing >= 0) {
        return isCheaperAtFirst
            ? new Below(crossing)
            : new Above(crossing, one.replica().isPresent() ? i : 0);
      }
      if (Double.isInfinite(to)) {
        break;
      }
      from = to;
      i += endOfOne == to ? 1 : 0;
      k += endOfOther == to ? 1 : 0;
    }
    return isCheaperAtFirst ? new Always() : new Never();
  }

  private static double capacity(Running running) {
    return running.replica().map(Replica::requestsPerDay).orElse(Double.POSITIVE_INFINITY);
  }

  private static Line difference(Running one, Running other, int replicas, int otherReplicas) {
    return new Line(
        one.fixed(replicas).usd().orElseThrow() - other.fixed(otherReplicas).usd().orElseThrow(),
        (one.perRequest().usd().orElseThrow() - other.perRequest().usd().orElseThrow())
            * Running.DAYS_PER_MONTH);
  }

  /// What one way costs more in a month, while the machines stay as many.
  ///
  /// @param slope per request a day
  record Line(double atZero, double slope) {
    /// The first traffic in `(from, to]` where it is below 0, or no longer is; −1 where none.
    private double crossing(double from, double to, boolean isNegative) {
      double start = atZero + slope * from;
      if (isNegative ? start >= 0 : start < 0) {
        return from;
      }
      double root = -atZero / slope;
      boolean isTowards = isNegative ? slope > 0 : slope < 0;
      return isTowards && root >= from && root < to ? root : -1;
    }
  }

  /// "above 2,400 requests a day", "never", …
  default String words() {
    return switch (this) {
      case Above(var requests, var replicas) ->
          String.format(Locale.ROOT, "above %,.0f requests a day", requests)
              + (replicas > 1 ? " (with %,d replicas)".formatted(replicas) : "");
      case Below(var requests) ->
          String.format(Locale.ROOT, "below %,.0f requests a day", requests);
      case Always any -> "at any traffic";
      case Never any -> "never";
      case Unknown(var why) -> "unknown: " + why;
    };
  }
}
