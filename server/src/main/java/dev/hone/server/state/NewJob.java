package dev.hone.server.state;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// What of a job never changes.
///
/// @param model the base's name
/// @param nameEnd the letters that end the name of the model
public record NewJob(
    String id,
    String tenant,
    Instant createdAt,
    String model,
    String trainingFile,
    Optional<String> validationFile,
    long seed,
    Optional<String> suffix,
    String nameEnd,
    Map<String, String> metadata) {
  public NewJob {
    metadata = Map.copyOf(metadata);
  }

  /// `ft:{base}:{organisation}:{suffix}:{letters}`, what the job makes.
  public String modelName() {
    return "ft:%s:%s:%s:%s".formatted(model, tenant, suffix.orElse(""), nameEnd);
  }

  /// What a checkpoint is called.
  public String checkpointName(long step) {
    return modelName() + ":ckpt-step-" + step;
  }
}
