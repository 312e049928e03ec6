package dev.hone.server.api;

import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Why a job failed.
///
/// @param param `training_file` or `validation_file`, where it was one of them
public record JobError(String code, String message, Optional<String> param) {
  ObjectNode toJson() {
    return new Json().put("code", code).put("message", message).put("param", param).node();
  }
}
