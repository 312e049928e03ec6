package dev.hone.server.api;

import tools.jackson.databind.node.ObjectNode;

/// Something that is no more.
///
/// @param kind what it was, as the API calls it
public record Deleted(String id, String kind) implements ApiObject {
  @Override
  public ObjectNode toJson() {
    return Json.object(id, kind).put("deleted", true).node();
  }
}
