package dev.hone.server.api;

import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// A stored file.
///
/// @param filename what its owner calls it; never a path of ours
public record FileObject(
    String id,
    long bytes,
    Instant createdAt,
    Optional<Instant> expiresAt,
    String filename,
    String purpose)
    implements ApiObject {
  @Override
  public ObjectNode toJson() {
    return Json.object(id, "file")
        .put("bytes", bytes)
        .put("created_at", createdAt)
        .put("expires_at", expiresAt)
        .put("filename", filename)
        .put("purpose", purpose)
        .put("status", "processed")
        .put("status_details", Optional.empty())
        .node();
  }
}
