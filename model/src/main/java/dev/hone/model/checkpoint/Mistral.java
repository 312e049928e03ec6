package dev.hone.model.checkpoint;

import dev.hone.model.checkpoint.BlockForm.Draft;

/// Mistral 7B and its successors: Llama's blocks, in the first versions with a sliding window.
/// (Jiang et al. 2023, arXiv 2310.06825)
final class Mistral extends Family {
  private static final int WINDOW = 4096;

  Mistral() {
    super(
        "mistral",
        "MistralForCausalLM",
        Fields.LLAMA.honouring("sliding_window").requiring("num_key_value_heads"));
  }

  @Override
  void draft(JsonObject json, Draft draft) throws CheckpointException {
    int window =
        json.node().has("sliding_window")
            ? json.optionalInteger("sliding_window", 1, Integer.MAX_VALUE).orElse(0)
            : WINDOW;
    Family.slide(json, draft, window, layer -> window > 0);
  }
}
