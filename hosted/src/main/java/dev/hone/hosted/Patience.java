package dev.hone.hosted;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long a server is waited for, and how often it is asked again.
///
/// @param timeout of one attempt
/// @param attempts in all
/// @param firstPause before the second attempt; it doubles with each
/// @param longestPause that is waited, even where the server asks for more
public record Patience(Duration timeout, int attempts, Duration firstPause, Duration longestPause) {
  public static final Patience USUAL =
      new Patience(Duration.ofMinutes(2), 6, Duration.ofMillis(500), Duration.ofMinutes(1));

  /// A pause that doubles with each attempt, and lies anywhere between its half and itself, so that
  /// callers who failed together don't come back together.
  ///
  /// @param attempt that failed, from 1
  Duration pause(int attempt, RandomGenerator random) {
    double doubled = firstPause.toMillis() * Math.pow(2, attempt - 1);
    double most = Math.min(doubled, longestPause.toMillis());
    return Duration.ofMillis((long) (most / 2 + random.nextDouble() * most / 2));
  }
}
