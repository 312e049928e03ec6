package dev.hone.model.checkpoint;

import dev.hone.model.checkpoint.BlockForm.Draft;

/// Granite 3 and its successors of the plain kind: Llama's blocks with factors of embedding,
/// scores, residual branches and logits. (IBM Granite Team 2024, Granite 3.0 Language Models)
final class Granite extends Family {
  Granite() {
    super("granite", "GraniteForCausalLM", Fields.LLAMA);
  }

  @Override
  void draft(JsonObject json, Draft draft) throws CheckpointException {
    draft.inputBias = json.bool("attention_bias", false);
    draft.outputBias = draft.inputBias;
    draft.mlpBias = json.bool("mlp_bias", false);
    draft.embeddingScale = (float) json.positive("embedding_multiplier", 1);
    draft.residualScale = (float) json.positive("residual_multiplier", 1);
    draft.scoreScale = (float) json.positive("attention_multiplier", 1);
    draft.logitScale = (float) (1 / json.positive("logits_scaling", 1));
  }
}
