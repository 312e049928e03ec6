package dev.hone.model.checkpoint;

import dev.hone.model.checkpoint.BlockForm.Draft;
import dev.hone.model.checkpoint.BlockForm.HeadNorm;
import dev.hone.model.checkpoint.BlockForm.Norms;
import java.util.OptionalInt;

/// OLMo 2: what attention and MLP give is normalised, not what they get; queries and keys over all
/// heads. (OLMo Team 2024, arXiv 2501.00656)
final class Olmo2 extends Family {
  Olmo2() {
    super(
        "olmo2",
        "Olmo2ForCausalLM",
        Fields.LLAMA.withNumbers(1e-5, 10_000).withTokens(OptionalInt.empty(), 50_279));
  }

  @Override
  void draft(JsonObject json, Draft draft) throws CheckpointException {
    draft.inputBias = json.bool("attention_bias", false);
    draft.outputBias = draft.inputBias;
    draft.norms = Norms.AFTER;
    draft.headNorm = HeadNorm.ALL;
  }
}
