package dev.hone.server.api;

import java.time.Instant;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/// Something that happened to a job.
///
/// @param data what programs read of it; empty where there is nothing
public record JobEvent(
    String id, Instant createdAt, Level level, String message, Type type, ObjectNode data)
    implements ApiObject {
  /// How bad it is.
  public enum Level {
    INFO,
    WARN,
    ERROR;

    /// As the API has it.
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// What the data are.
  public enum Type {
    MESSAGE,
    METRICS;

    /// As the API has it.
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  public ObjectNode toJson() {
    return Json.object(id, "fine_tuning.job.event")
        .put("created_at", createdAt)
        .put("level", level.label())
        .put("message", message)
        .put("type", type.label())
        .put("data", data)
        .node();
  }
}
