package dev.hone.hub;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/// An attempt that failed, where another one may not.
final class BusyException extends IOException {
  private static final long serialVersionUID = 1L;
  private final transient Optional<Duration> after;

  /// @param after how long the hub wants to be left alone
  BusyException(String why, Optional<Duration> after) {
    super(why);
    this.after = after;
  }

  BusyException(String why) {
    this(why, Optional.empty());
  }

  /// What the network said.
  static BusyException of(IOException failure) {
    return new BusyException(failure.getMessage() == null ? "no connection" : failure.getMessage());
  }

  Optional<Duration> after() {
    return after;
  }
}
