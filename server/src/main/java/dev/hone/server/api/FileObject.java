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
    var json = Json.object(id, "file").put("bytes", bytes).put("created_at", createdAt);
    expiresAt.ifPresent(time -> json.put("expires_at", time)); // the contract has no null here
    return json.put("filename", filename).put("purpose", purpose).put("status", "processed").node();
  }
}
