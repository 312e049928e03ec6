package dev.hone.model.checkpoint;

import dev.hone.model.checkpoint.BlockForm.Draft;
import dev.hone.model.checkpoint.BlockForm.Layer;
import dev.hone.model.checkpoint.BlockForm.Rotation;
import java.util.OptionalInt;

/// SmolLM3: every fourth layer is not rotated. (Yang et al. 2025, arXiv 2501.18795)
final class SmolLm3 extends Family {
  private static final int INTERVAL = 4;

  SmolLm3() {
    super(
        "smollm3",
        "SmolLM3ForCausalLM",
        Fields.LLAMA
            .honouring("sliding_window")
            .requiring("num_key_value_heads")
            .withNumbers(1e-6, 2_000_000)
            .withTokens(OptionalInt.of(128_000), 128_001)
            .tied("silu"));
  }

  /// `no_rope_layers` has a 1 for every layer that is rotated, its name notwithstanding.
  @Override
  void draft(JsonObject json, Draft draft) throws CheckpointException {
    draft.inputBias = json.bool("attention_bias", false);
    draft.outputBias = draft.inputBias;
    draft.mlpBias = json.bool("mlp_bias", false);
    var rotated = json.integers("no_rope_layers", 0, 1);
    Family.requirePerLayer(json, "no_rope_layers", rotated.size(), draft);
    int interval =
        json.optionalInteger("no_rope_layer_interval", 1, Integer.MAX_VALUE).orElse(INTERVAL);
    draft.changeLayers((l, layer) -> {
      boolean isRotated = rotated.isEmpty() ? (l + 1) % interval != 0 : rotated.get(l) == 1;
      return new Layer(0, isRotated ? Rotation.GLOBAL : Rotation.NONE);
    });
    int window =
        json.bool("use_sliding_window", false)
            ? json.integer("sliding_window", 1, Integer.MAX_VALUE)
            : 0;
    var layers = draft.layers;
    Family.slide(json, draft, window, l -> layers.get(l).rotation() == Rotation.NONE);
  }
}
