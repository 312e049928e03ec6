package dev.hone.model.checkpoint;

import dev.hone.model.checkpoint.BlockForm.Draft;
import dev.hone.model.checkpoint.BlockForm.HeadNorm;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/// Qwen 3: each head's queries and keys are normalised. (Yang et al. 2025, arXiv 2505.09388)
final class Qwen3 implements Family {
  @Override
  public String modelType() {
    return "qwen3";
  }

  @Override
  public String architecture() {
    return "Qwen3ForCausalLM";
  }

  @Override
  public Set<String> honours() {
    return Set.of("sliding_window");
  }

  @Override
  public List<String> required() {
    return List.of("num_key_value_heads", "head_dim");
  }

  @Override
  public OptionalInt bosTokenId() {
    return OptionalInt.empty();
  }

  @Override
  public List<Integer> eosTokenIds() {
    return List.of();
  }

  @Override
  public void draft(JsonObject json, Draft draft) throws CheckpointException {
    draft.inputBias = json.bool("attention_bias", false);
    draft.outputBias = draft.inputBias;
    draft.headNorm = HeadNorm.EACH;
    Qwen2.slide(json, draft);
  }
}
