package dev.hone.server.api;

import tools.jackson.databind.node.ObjectNode;

/// What the API answers with: has an id, and a form in JSON in which nulls are present.
public interface ApiObject {
  String id();

  ObjectNode toJson();
}
