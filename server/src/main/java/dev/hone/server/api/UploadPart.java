package dev.hone.server.api;

import java.time.Instant;
import tools.jackson.databind.node.ObjectNode;

/// A part of an upload.
public record UploadPart(String id, Instant createdAt, String uploadId) implements ApiObject {
  @Override
  public ObjectNode toJson() {
    return Json.object(id, "upload.part")
        .put("created_at", createdAt)
        .put("upload_id", uploadId)
        .node();
  }
}
