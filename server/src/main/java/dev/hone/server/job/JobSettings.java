package dev.hone.server.job;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/// How a server fine-tunes.
///
/// @param bases directories of the models that can be fine-tuned, by name
/// @param threads of a worker; a job keeps those that it was begun with
/// @param attempts workers in a row that may end by themselves without saving anything new
/// @param grace how long a worker may take to save when it is asked to stop
/// @param warning told of what fails and is tried again
public record JobSettings(
    Map<String, Path> bases, int threads, int attempts, Duration grace, Warning warning) {
  /// Who wants to know.
  @FunctionalInterface
  public interface Warning {
    void warn(String what, Exception why);
  }

  private static final int ATTEMPTS = 5;
  private static final Duration GRACE = Duration.ofMinutes(2);

  public JobSettings {
    bases = Map.copyOf(bases);
    if (threads < 1 || attempts < 1) {
      throw new IllegalArgumentException(
          "threads and attempts must be at least 1, got %d and %d".formatted(threads, attempts));
    }
  }

  /// What a server does when nothing is said.
  public static JobSettings of(Map<String, Path> bases, int threads, Warning warning) {
    return new JobSettings(bases, threads, ATTEMPTS, GRACE, warning);
  }
}
