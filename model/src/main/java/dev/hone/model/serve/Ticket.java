package dev.hone.model.serve;

import java.util.concurrent.CompletableFuture;

/// A request that was taken.
public final class Ticket {
  private final CompletableFuture<Answer> result = new CompletableFuture<>();
  private volatile boolean isCancelled;

  Ticket() {}

  /// Ends the request within a token, with what it has.
  public void cancel() {
    isCancelled = true;
  }

  boolean isCancelled() {
    return isCancelled;
  }

  /// The answer; or what made it impossible, a [dev.hone.model.UsageException] where that is the
  /// user's to mend. What hangs on it runs on the engine's thread, and must be short.
  public CompletableFuture<Answer> result() {
    return result;
  }
}
