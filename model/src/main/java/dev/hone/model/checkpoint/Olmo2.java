package dev.hone.model.checkpoint;

import dev.hone.model.checkpoint.BlockForm.Draft;
import dev.hone.model.checkpoint.BlockForm.HeadNorm;
import dev.hone.model.checkpoint.BlockForm.Norms;
import java.util.List;
import java.util.OptionalInt;

/// OLMo 2: what attention and MLP give is normalised, not what they get; queries and keys over all
/// heads. (OLMo Team 2024, arXiv 2501.00656)
final class Olmo2 implements Family {
  @Override
  public String modelType() {
    return "olmo2";
  }

  @Override
  public String architecture() {
    return "Olmo2ForCausalLM";
  }

  @Override
  public double rmsNormEps() {
    return 1e-5;
  }

  @Override
  public OptionalInt bosTokenId() {
    return OptionalInt.empty();
  }

  @Override
  public List<Integer> eosTokenIds() {
    return List.of(50_279);
  }

  @Override
  public void draft(JsonObject json, Draft draft) throws CheckpointException {
    draft.inputBias = json.bool("attention_bias", false);
    draft.outputBias = draft.inputBias;
    draft.norms = Norms.AFTER;
    draft.headNorm = HeadNorm.ALL;
  }
}
