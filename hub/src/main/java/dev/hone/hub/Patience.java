package dev.hone.hub;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long the hub is waited for, and how often it is asked again.
///
/// @param timeout without a byte
/// @param attempts in all that bring nothing new
/// @param firstPause before the second attempt; it doubles with each
/// @param longestPause that is waited, even where the hub asks for more
public record Patience(Duration timeout, int attempts, Duration firstPause, Duration longestPause) {
  public static final Patience USUAL =
      new Patience(Duration.ofSeconds(30), 6, Duration.ofSeconds(1), Duration.ofMinutes(5));

  /// A pause that doubles with each attempt, and lies anywhere between its half and itself, so that
  /// those who failed together don't come back together.
  ///
  /// @param attempt that failed, from 1
  Duration pause(int attempt, RandomGenerator random) {
    double doubled = firstPause.toMillis() * Math.pow(2, attempt - 1);
    double most = Math.min(doubled, longestPause.toMillis());
    return Duration.ofMillis((long) (most / 2 + random.nextDouble() * most / 2));
  }
}
