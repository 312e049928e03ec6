package dev.hone.server.api;

import java.util.OptionalDouble;
import java.util.OptionalInt;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// How a job trains; what is empty is `auto`.
///
/// @param epochs 1 to 50
/// @param batchSize 1 to 256
/// @param learningRateMultiplier of the rate that Hone chooses
public record Hyperparameters(
    OptionalInt epochs, OptionalInt batchSize, OptionalDouble learningRateMultiplier) {
  /// Everything is chosen.
  public static final Hyperparameters AUTO =
      new Hyperparameters(OptionalInt.empty(), OptionalInt.empty(), OptionalDouble.empty());

  ObjectNode toJson() {
    var json = JsonNodeFactory.instance.objectNode();
    put(json, "n_epochs", epochs);
    put(json, "batch_size", batchSize);
    if (learningRateMultiplier.isPresent()) {
      json.put("learning_rate_multiplier", learningRateMultiplier.getAsDouble());
    } else {
      json.put("learning_rate_multiplier", "auto");
    }
    return json;
  }

  private static void put(ObjectNode json, String key, OptionalInt value) {
    if (value.isPresent()) {
      json.put(key, value.getAsInt());
    } else {
      json.put(key, "auto");
    }
  }
}
