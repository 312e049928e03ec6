package dev.hone.tune.run;

import dev.hone.model.adapter.LoraConfig;
import dev.hone.model.checkpoint.Dtype;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.decoder.BaseWeights;
import java.util.Locale;
import java.util.OptionalInt;

/// What a run trains.
public sealed interface Method {
  /// A low-rank adapter beside frozen weights.
  ///
  /// @param plusRatio what the learning rate of its up-projections is multiplied by (LoRA+)
  /// @param pissaIterations where it starts in the principal directions of the weights, how often
  ///   they are iterated; else it starts by changing nothing
  record Lora(LoraConfig config, double plusRatio, OptionalInt pissaIterations) implements Method {
    public Lora {
      if (!(plusRatio > 0 && plusRatio < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("the ratio of LoRA+ must be above 0, got " + plusRatio);
      }
    }

    /// One learning rate for all, and the usual start.
    public Lora(LoraConfig config) {
      this(config, 1, OptionalInt.empty());
    }
  }

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

  /// How often principal directions are iterated, if it starts in them.
  default OptionalInt pissaIterations() {
    return switch (this) {
      case Lora lora -> lora.pissaIterations;
      case Full full -> OptionalInt.empty();
    };
  }

  /// The peak rate where none is given. It falls with the square root of the model's size: for LoRA
  /// 2e-4 at a billion parameters, between 1e-4 and 3e-3; for full training a fifth of that.
  default double defaultLearningRate(ModelConfig config) {
    double parameters = BaseWeights.parameters(config).stream().mapToLong(p -> p.size()).sum();
    double lora = Math.clamp(2e-4 * Math.sqrt(1e9 / parameters), 1e-4, 3e-3);
    double rounded = Double.parseDouble(String.format(Locale.ROOT, "%.1e", lora));
    return switch (this) {
      case Lora any -> rounded;
      case Full any -> rounded / 5;
    };
  }
}
