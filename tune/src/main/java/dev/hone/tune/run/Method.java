package dev.hone.tune.run;

import dev.hone.model.adapter.LoraConfig;
import dev.hone.model.checkpoint.Dtype;

/// What a run trains.
public sealed interface Method {
  /// A low-rank adapter beside frozen weights.
  record Lora(LoraConfig config) implements Method {}

  /// Every weight.
  ///
  /// @param dtype what the result is stored in: float32 or bfloat16
  record Full(Dtype dtype) implements Method {
    public Full {
      if (dtype != Dtype.F32 && dtype != Dtype.BF16) {
        throw new IllegalArgumentException(
            "a trained model is stored as F32 or BF16, not " + dtype);
      }
    }
  }

  /// `lora` or `full`.
  default String label() {
    return switch (this) {
      case Lora lora -> "lora";
      case Full full -> "full";
    };
  }
}
