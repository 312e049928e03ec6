package dev.hone.tune.run;

import dev.hone.model.adapter.LoraConfig;

/// What a run trains.
public sealed interface Method {
  /// A low-rank adapter beside frozen weights.
  record Lora(LoraConfig config) implements Method {}

  /// Every weight.
  record Full() implements Method {}

  /// `lora` or `full`.
  default String label() {
    return switch (this) {
      case Lora lora -> "lora";
      case Full full -> "full";
    };
  }
}
