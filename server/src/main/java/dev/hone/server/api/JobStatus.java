package dev.hone.server.api;

import java.util.Locale;

/// How far a fine-tuning job is. A paused job is queued.
public enum JobStatus {
  VALIDATING_FILES,
  QUEUED,
  RUNNING,
  SUCCEEDED,
  FAILED,
  CANCELLED;

  /// As the API has it.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Reads [#label].
  public static JobStatus of(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT));
  }

  /// Whether it changes no more.
  public boolean isFinal() {
    return switch (this) {
      case VALIDATING_FILES, QUEUED, RUNNING -> false;
      case SUCCEEDED, FAILED, CANCELLED -> true;
    };
  }
}
