package dev.hone.ladder.cost;

/// How much of the traffic finds a prompt's prefix cached.
///
/// @param hit share of requests that read it
/// @param written share of requests that pay for writing it
public record Cache(double hit, double written) {
  public static final Cache NONE = new Cache(0, 0);

  /// Shorter prefixes are not cached.
  public static final int LEAST_PREFIX = 1024;

  private static final double MINUTES_PER_DAY = 1_440;

  /// `1 − e^(−λτ)`: requests that come at random at rate λ find what another has left within its
  /// life τ. Traffic is flat, so by night it is less.
  ///
  /// @param minutes the life of a cached prefix after its last use
  public static double hitShare(double requestsPerDay, double minutes) {
    return 1 - Math.exp(-requestsPerDay / MINUTES_PER_DAY * minutes);
  }

  /// What misses is written.
  public static Cache ofTraffic(double prefixTokens, double requestsPerDay, double minutes) {
    if (prefixTokens < LEAST_PREFIX) {
      return NONE;
    }
    double hit = hitShare(requestsPerDay, minutes);
    return new Cache(hit, 1 - hit);
  }
}
