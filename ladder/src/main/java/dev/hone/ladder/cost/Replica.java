package dev.hone.ladder.cost;

import java.util.OptionalDouble;

/// A machine that answers, as often as traffic needs it.
///
/// @param perHour price; it is paid day and night
/// @param requestsPerSecond that it answers at most; empty where unknown, and then one must do
public record Replica(Money perHour, OptionalDouble requestsPerSecond) {
  /// Share of the time that a machine may be busy: above it, requests wait for one another.
  public static final double MOST_BUSY = 0.7;

  private static final double ROUNDING = 1e-9;
  private static final double SECONDS_PER_DAY = 86_400;

  public Replica {
    if (requestsPerSecond.isPresent() && !(requestsPerSecond.getAsDouble() > 0)) {
      throw new IllegalArgumentException(
          "a replica answers more than " + requestsPerSecond.getAsDouble() + " requests a second");
    }
  }

  /// Requests a day that one replica is good for.
  public double requestsPerDay() {
    return requestsPerSecond.orElse(Double.POSITIVE_INFINITY) * SECONDS_PER_DAY * MOST_BUSY;
  }

  /// At least one.
  public int count(double perDay) {
    return (int) Math.max(1, Math.ceil(perDay / requestsPerDay() - ROUNDING));
  }

  /// Share of the time that each is busy; empty where the rate is unknown.
  public OptionalDouble utilisation(double perDay) {
    return requestsPerSecond.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(
            perDay / SECONDS_PER_DAY / requestsPerSecond.getAsDouble() / count(perDay));
  }

  /// Of one request where the machine is never idle.
  public Money atFullLoad() {
    return perHour.times(1 / (3_600 * requestsPerSecond.orElseThrow()));
  }
}
