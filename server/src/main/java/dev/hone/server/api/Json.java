package dev.hone.server.api;

import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A JSON object that is being written; what is empty becomes null.
final class Json {
  private final ObjectNode node = JsonNodeFactory.instance.objectNode();

  static Json object(String id, String kind) {
    return new Json().put("id", id).put("object", kind);
  }

  Json put(String key, String value) {
    node.put(key, value);
    return this;
  }

  Json put(String key, long value) {
    node.put(key, value);
    return this;
  }

  Json put(String key, boolean value) {
    node.put(key, value);
    return this;
  }

  /// In seconds.
  Json put(String key, Instant value) {
    node.put(key, value.getEpochSecond());
    return this;
  }

  Json put(String key, ObjectNode value) {
    node.set(key, value);
    return this;
  }

  /// @param value a text, a number of type Long, a time or a node
  Json put(String key, Optional<?> value) {
    if (value.isEmpty()) {
      node.putNull(key);
      return this;
    }
    return switch (value.get()) {
      case String text -> put(key, text);
      case Long number -> put(key, number.longValue());
      case Instant time -> put(key, time);
      case ObjectNode object -> put(key, object);
      default -> throw new IllegalArgumentException(key + " of type " + value.get().getClass());
    };
  }

  ObjectNode node() {
    return node;
  }
}
