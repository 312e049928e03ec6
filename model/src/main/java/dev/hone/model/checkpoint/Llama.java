package dev.hone.model.checkpoint;

import dev.hone.model.checkpoint.BlockForm.Draft;

/// Llama 2 and 3, SmolLM, SmolLM2, TinyStories and all that use their architecture. (Touvron et al.
/// 2023, arXiv 2302.13971)
final class Llama extends Family {
  Llama() {
    super("llama", "LlamaForCausalLM", Fields.LLAMA);
  }

  @Override
  void draft(JsonObject json, Draft draft) throws CheckpointException {
    draft.inputBias = json.bool("attention_bias", false);
    draft.outputBias = draft.inputBias;
    draft.mlpBias = json.bool("mlp_bias", false);
  }
}
