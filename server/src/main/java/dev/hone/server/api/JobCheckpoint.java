package dev.hone.server.api;

import java.time.Instant;
import tools.jackson.databind.node.ObjectNode;

/// A model as it was at the end of an epoch.
///
/// @param model its name
/// @param metrics at its step, by the API's names
public record JobCheckpoint(
    String id, Instant createdAt, String model, String jobId, long step, ObjectNode metrics)
    implements ApiObject {
  @Override
  public ObjectNode toJson() {
    return Json.object(id, "fine_tuning.job.checkpoint")
        .put("created_at", createdAt)
        .put("fine_tuned_model_checkpoint", model)
        .put("fine_tuning_job_id", jobId)
        .put("step_number", step)
        .put("metrics", metrics)
        .node();
  }
}
