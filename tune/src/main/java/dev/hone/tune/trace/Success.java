package dev.hone.tune.trace;

import dev.hone.model.UsageException;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// What says of a trace that it succeeded: a field of it or of its metadata, the names of nested
/// ones joined by dots.
///
/// @param value that the field must have; where empty, it must be true, a number above 0, or a text
///   other than `false`, `no` and `0`
public record Success(String field, Optional<String> value) {
  private static final Set<String> NO = Set.of("", "false", "no", "0");

  /// Reads `FIELD` or `FIELD=VALUE`.
  public static Success parse(String text) {
    int at = text.indexOf('=');
    var field = at < 0 ? text : text.substring(0, at);
    if (field.isBlank()) {
      throw new UsageException("--success needs a field", "such as --success metadata.resolved");
    }
    return new Success(field, at < 0 ? Optional.empty() : Optional.of(text.substring(at + 1)));
  }

  /// The field of a trace; empty where it has none.
  Optional<JsonNode> find(JsonNode trace) {
    return Stream.of(
            trace,
            trace.path("metadata"),
            trace.path("request").path("metadata"),
            trace.path("response").path("metadata"))
        .map(this::in)
        .filter(found -> !found.isMissingNode())
        .findFirst();
  }

  private JsonNode in(JsonNode node) {
    var found = node.path(field);
    if (found.isMissingNode()) {
      found = node;
      for (var name : field.split("\\.")) {
        found = found.path(name);
      }
    }
    return found;
  }

  boolean holds(JsonNode found) {
    if (value.isPresent()) {
      return found.isValueNode() && found.asString().equals(value.get());
    }
    return found.isNumber()
        ? found.asDouble() > 0
        : found.isValueNode() && !found.isNull() && !NO.contains(found.asString().strip());
  }
}
