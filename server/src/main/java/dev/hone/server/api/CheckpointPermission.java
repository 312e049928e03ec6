package dev.hone.server.api;

import java.time.Instant;
import tools.jackson.databind.node.ObjectNode;

/// That a project may see and ask a fine-tuned model of another one.
///
/// @param projectId the project, which is a tenant
public record CheckpointPermission(String id, Instant createdAt, String projectId)
    implements ApiObject {
  /// What the API calls it.
  public static final String KIND = "checkpoint.permission";

  @Override
  public ObjectNode toJson() {
    return Json.object(id, KIND).put("created_at", createdAt).put("project_id", projectId).node();
  }
}
