package dev.hone.model.checkpoint;

import dev.hone.model.checkpoint.BlockForm.Draft;
import java.util.OptionalInt;

/// Phi-3, Phi-3.5 and Phi-4-mini, but for their mixtures of experts. Projections are fused in
/// files, and a part of each head may stay unrotated. (Abdin et al. 2024, arXiv 2404.14219)
final class Phi3 extends Family {
  Phi3() {
    super(
        "phi3",
        "Phi3ForCausalLM",
        Fields.LLAMA
            .honouring("sliding_window", "partial_rotary_factor")
            .withNumbers(1e-5, 10_000)
            .withTokens(OptionalInt.of(1), 32_000));
  }

  @Override
  void draft(JsonObject json, Draft draft) throws CheckpointException {
    draft.isFused = true;
    var inRope = json.object("rope_parameters");
    double ofHead =
        inRope.isPresent() && inRope.get().has("partial_rotary_factor")
            ? inRope.get().positive("partial_rotary_factor")
            : json.positive("partial_rotary_factor", 1);
    draft.rotaryDim = (int) (draft.rotaryDim * ofHead);
    var window = json.optionalInteger("sliding_window", 1, Integer.MAX_VALUE);
    if (window.isPresent()) slide(json, draft, window.getAsInt(), l -> true);
  }
}
