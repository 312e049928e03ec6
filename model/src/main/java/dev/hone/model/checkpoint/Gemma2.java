package dev.hone.model.checkpoint;

import dev.hone.model.checkpoint.BlockForm.Draft;
import dev.hone.model.checkpoint.BlockForm.Norms;
import dev.hone.tensor.Glu;
import java.util.OptionalInt;

/// Gemma 2: norms around both halves with weights that are distances from 1, an embedding scaled by
/// the root of its width, GELU, capped scores and logits, every other layer with a window. (Gemma
/// Team 2024, arXiv 2408.00118)
final class Gemma2 extends Family {
  private static final int WINDOW = 4096;
  private static final double SCORE_CAP = 50;
  private static final double LOGIT_CAP = 30;

  /// As Gemma 3 reads them, but for a number.
  static final Fields FIELDS =
      Fields.LLAMA
          .honouring("sliding_window", "attn_logit_softcapping", "final_logit_softcapping")
          .requiring("num_key_value_heads", "head_dim")
          .withTokens(OptionalInt.of(2), 1)
          .tied("gelu_pytorch_tanh");

  Gemma2() {
    super("gemma2", "Gemma2ForCausalLM", FIELDS);
  }

  @Override
  void draft(JsonObject json, Draft draft) throws CheckpointException {
    draft(json, draft, SCORE_CAP, LOGIT_CAP);
    int window = json.optionalInteger("sliding_window", 1, Integer.MAX_VALUE).orElse(WINDOW);
    Family.slide(json, draft, window, layer -> layer % 2 == 0);
  }

  /// What Gemma 2 and 3 share.
  static void draft(JsonObject json, Draft draft, double scoreCap, double logitCap)
      throws CheckpointException {
    draft.inputBias = json.bool("attention_bias", false);
    draft.outputBias = draft.inputBias;
    draft.norms = Norms.AROUND;
    draft.normOffset = 1;
    draft.glu = Glu.GEGLU;
    draft.embeddingScale = (float) Math.sqrt(json.integer("hidden_size", 1, Integer.MAX_VALUE));
    draft.scoreScale = (float) (1 / Math.sqrt(json.positive("query_pre_attn_scalar", 256)));
    draft.scoreCap = cap(json, "attn_logit_softcapping", scoreCap);
    draft.logitCap = cap(json, "final_logit_softcapping", logitCap);
  }

  private static float cap(JsonObject json, String field, double otherwise)
      throws CheckpointException {
    return json.node().has(field) && !json.has(field)
        ? 0
        : (float) (json.has(field) ? json.positive(field) : otherwise);
  }
}
