package dev.hone.model.checkpoint;

import dev.hone.model.checkpoint.BlockForm.Draft;
import java.util.OptionalInt;

/// Qwen 2 and 2.5: q, k and v have a bias. (Yang et al. 2024, arXiv 2407.10671)
final class Qwen2 extends Family {
  Qwen2() {
    super(
        "qwen2",
        "Qwen2ForCausalLM",
        Fields.LLAMA
            .honouring("sliding_window")
            .requiring("num_key_value_heads")
            .withTokens(OptionalInt.empty()));
  }

  @Override
  void draft(JsonObject json, Draft draft) throws CheckpointException {
    draft.inputBias = true;
    slide(json, draft);
  }

  /// A window is there only where `use_sliding_window` says so, from layer `max_window_layers` on.
  static void slide(JsonObject json, Draft draft) throws CheckpointException {
    if (!json.bool("use_sliding_window", false)) {
      return;
    }
    int window = json.integer("sliding_window", 1, Integer.MAX_VALUE);
    int from = json.integer("max_window_layers", 0, Integer.MAX_VALUE);
    Family.slide(json, draft, window, layer -> layer >= from);
  }
}
