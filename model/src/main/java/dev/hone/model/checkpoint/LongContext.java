package dev.hone.model.checkpoint;

import java.util.List;

/// What a model's configuration has for contexts that are longer than what Hone computes:
/// longrope's second list of divisors.
///
/// @param tokens the longest context that it is made for
/// @param factors divisors of the frequencies there; empty for a model without
record LongContext(int tokens, List<Double> factors) {
  /// @throws CheckpointException when its lists differ in length
  static LongContext of(Checkpoint model) throws CheckpointException {
    var config = model.config();
    if (!(config.ropeScaling() instanceof RopeScaling.LongRope(var near, _, _))) {
      return new LongContext(config.maxPositionEmbeddings(), List.of());
    }
    var json = JsonFile.read(model.dir().resolve("config.json"));
    var rope = json.object(json.has("rope_parameters") ? "rope_parameters" : "rope_scaling");
    var factors = rope.orElseThrow().numbers("long_factor");
    if (factors.size() != near.size()) {
      throw new CheckpointException(
          json.path(),
          "long_factor has %d numbers, short_factor %d".formatted(factors.size(), near.size()));
    }
    int tokens = json.integer("max_position_embeddings", 1, Integer.MAX_VALUE);
    return new LongContext(tokens, factors);
  }
}
