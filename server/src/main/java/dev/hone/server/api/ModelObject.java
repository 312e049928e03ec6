package dev.hone.server.api;

import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// A model that answers.
///
/// @param id its name
/// @param ownedBy the organisation
public record ModelObject(String id, Instant created, String ownedBy) implements ApiObject {
  @Override
  public ObjectNode toJson() {
    return Json.object(id, "model")
        .put("created", created)
        .put("owned_by", ownedBy)
        .put("shutdown_date", Optional.empty())
        .node();
  }
}
