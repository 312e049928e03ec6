package dev.hone.server.api;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// A fine-tuning job as the API shows it.
///
/// @param fineTunedModel its name, once it has succeeded
/// @param organizationId who owns it
/// @param resultFiles ids
/// @param trainedTokens once it has succeeded
/// @param estimatedFinish while it runs
/// @param suffix of the model's name
public record FineTuningJob(
    String id,
    Instant createdAt,
    Optional<Instant> finishedAt,
    String model,
    Optional<String> fineTunedModel,
    String organizationId,
    JobStatus status,
    Hyperparameters hyperparameters,
    String trainingFile,
    Optional<String> validationFile,
    List<String> resultFiles,
    Optional<Long> trainedTokens,
    Optional<JobError> error,
    long seed,
    Optional<Instant> estimatedFinish,
    Map<String, String> metadata,
    Optional<String> suffix)
    implements ApiObject {
  public FineTuningJob {
    resultFiles = List.copyOf(resultFiles);
    metadata = Map.copyOf(metadata);
  }

  @Override
  public ObjectNode toJson() {
    var json =
        Json.object(id, "fine_tuning.job")
            .put("created_at", createdAt)
            .put("finished_at", finishedAt)
            .put("model", model)
            .put("fine_tuned_model", fineTunedModel)
            .put("organization_id", organizationId)
            .put("status", status.label())
            .put("hyperparameters", hyperparameters.toJson())
            .put("training_file", trainingFile)
            .put("validation_file", validationFile);
    var results = json.node().putArray("result_files");
    resultFiles.forEach(results::add);
    json.put("trained_tokens", trainedTokens)
        .put("error", error.map(JobError::toJson))
        .put("seed", seed)
        .put("estimated_finish", estimatedFinish);
    json.node().putArray("integrations");
    return json.put("method", method())
        .put("metadata", metadata.isEmpty() ? Optional.empty() : Optional.of(metadataJson()))
        .put("user_provided_suffix", suffix)
        .node();
  }

  private ObjectNode method() {
    var supervised = new Json().put("hyperparameters", hyperparameters.toJson()).node();
    return new Json().put("type", "supervised").put("supervised", supervised).node();
  }

  private ObjectNode metadataJson() {
    var json = new Json();
    metadata.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(entry -> json.put(entry.getKey(), entry.getValue()));
    return json.node();
  }
}
