package dev.hone.server.api;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// A file that comes in parts.
///
/// @param bytes that it will have
/// @param file that it became
public record UploadObject(
    String id,
    Instant createdAt,
    Instant expiresAt,
    String filename,
    long bytes,
    String purpose,
    Status status,
    Optional<FileObject> file)
    implements ApiObject {
  /// How far it is.
  public enum Status {
    PENDING,
    COMPLETED,
    CANCELLED,
    EXPIRED;

    /// As the API has it.
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  public ObjectNode toJson() {
    return Json.object(id, "upload")
        .put("bytes", bytes)
        .put("created_at", createdAt)
        .put("filename", filename)
        .put("purpose", purpose)
        .put("status", status.label())
        .put("expires_at", expiresAt)
        .put("file", file.map(FileObject::toJson))
        .node();
  }
}
