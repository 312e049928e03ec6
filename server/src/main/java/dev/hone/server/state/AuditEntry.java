package dev.hone.server.state;

import dev.hone.server.api.ApiObject;
import java.time.Instant;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Something that somebody did.
///
/// @param actor the id of a key; the tenant where none was needed; `operator` on the command line
/// @param action such as `file.delete`
/// @param target the id of what it was done to
/// @param detail more, in words
public record AuditEntry(
    String id,
    String tenant,
    Instant createdAt,
    String actor,
    String action,
    String target,
    String detail)
    implements ApiObject {
  @Override
  public ObjectNode toJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", id)
        .put("object", "audit.entry")
        .put("created_at", createdAt.getEpochSecond())
        .put("tenant", tenant)
        .put("actor", actor)
        .put("action", action)
        .put("target", target)
        .put("detail", detail);
  }
}
