package dev.hone.hosted;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// A fine-tuning job, as its provider shows it.
///
/// @param status as the provider calls it
/// @param model what it has made
/// @param error why it failed
/// @param resultFiles ids
record TuningJob(
    String id,
    String status,
    String trainingFile,
    Optional<String> model,
    Optional<String> error,
    List<String> resultFiles,
    OptionalLong trainedTokens,
    Instant createdAt,
    Optional<Instant> finishedAt,
    Optional<Instant> estimatedFinish) {
  private static final Set<String> ENDS = Set.of("succeeded", "failed", "cancelled");

  /// How far it is.
  record Steps(long done, long total) {}

  boolean hasEnded() {
    return ENDS.contains(status);
  }

  boolean isRunning() {
    return status.equals("running");
  }
}
