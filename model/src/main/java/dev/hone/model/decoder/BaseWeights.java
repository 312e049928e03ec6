package dev.hone.model.decoder;

import dev.hone.model.checkpoint.Checkpoint;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.tensor.Allocator;
import java.util.List;
import java.util.Map;

/// A checkpoint's weights, in float32 whatever the file has.
public final class BaseWeights {
  private BaseWeights() {}

  /// Every parameter of a model; a tied head is the embedding and not listed.
  public static List<Parameter> parameters(ModelConfig config) {
    return Checkpoint.expectedTensors(config).entrySet().stream()
        .map(BaseWeights::parameter)
        .toList();
  }

  private static Parameter parameter(Map.Entry<String, List<Long>> tensor) {
    var shape = tensor.getValue();
    return shape.size() == 1
        ? Parameter.vector(tensor.getKey(), Math.toIntExact(shape.getFirst()))
        : Parameter.matrix(tensor.getKey(), shape.getFirst(), Math.toIntExact(shape.get(1)));
  }

  public static ParameterSet load(Checkpoint checkpoint, Allocator memory)
      throws CheckpointException {
    var weights = ParameterSet.allocate(memory, "weights", parameters(checkpoint.config()));
    for (var p : weights.parameters()) {
      checkpoint.readF32(p.name(), weights.get(p.name()).data());
    }
    return weights;
  }
}
