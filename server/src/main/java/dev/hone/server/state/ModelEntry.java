package dev.hone.server.state;

import dev.hone.server.api.ApiObject;
import dev.hone.server.api.ModelObject;
import java.nio.file.Path;
import java.time.Instant;
import tools.jackson.databind.node.ObjectNode;

/// A fine-tuned model, or a checkpoint of one.
///
/// @param id its name
/// @param base the name of the model that it was made of
/// @param job that made it
/// @param adapter its directory, relative to the data directory
public record ModelEntry(
    String id, String owner, Instant createdAt, String base, String job, Path adapter)
    implements ApiObject {
  /// As the list of models shows it.
  public ModelObject object() {
    return new ModelObject(id, createdAt, owner);
  }

  @Override
  public ObjectNode toJson() {
    return object().toJson();
  }
}
