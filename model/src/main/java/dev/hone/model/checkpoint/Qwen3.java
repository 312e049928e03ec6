package dev.hone.model.checkpoint;

import dev.hone.model.checkpoint.BlockForm.Draft;
import dev.hone.model.checkpoint.BlockForm.HeadNorm;
import java.util.OptionalInt;

/// Qwen 3: each head's queries and keys are normalised. (Yang et al. 2025, arXiv 2505.09388)
final class Qwen3 extends Family {
  Qwen3() {
    super(
        "qwen3",
        "Qwen3ForCausalLM",
        Fields.LLAMA
            .honouring("sliding_window")
            .requiring("num_key_value_heads", "head_dim")
            .withTokens(OptionalInt.empty()));
  }

  @Override
  void draft(JsonObject json, Draft draft) throws CheckpointException {
    draft.inputBias = json.bool("attention_bias", false);
    draft.outputBias = draft.inputBias;
    draft.headNorm = HeadNorm.EACH;
    Qwen2.slide(json, draft);
  }
}
