package dev.hone.model.decoder;

import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.tensor.Tensor;

/// Where a backward pass adds its gradients: one set of the trained parameters' shapes, bound to
/// their places.
public final class DecoderGradients {
  private final ParameterSet set;
  private final DecoderTensors<Tensor> tensors;

  private DecoderGradients(ParameterSet set, DecoderTensors<Tensor> tensors) {
    this.set = set;
    this.tensors = tensors;
  }

  /// @param set named as the parameters that are trained; every other one is frozen
  public static DecoderGradients of(ModelConfig config, ParameterSet set) {
    return new DecoderGradients(
        set, DecoderTensors.bind(config, set::find, set::find, module -> 1f));
  }

  DecoderTensors<Tensor> tensors() {
    return tensors;
  }

  public ParameterSet set() {
    return set;
  }

  /// All gradients, one after the other.
  public Tensor flat() {
    return set.flat();
  }
}
