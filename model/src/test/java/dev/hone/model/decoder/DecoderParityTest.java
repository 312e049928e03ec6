package dev.hone.model.decoder;

import static dev.hone.testkit.Close.assertMaxRelativeError;

import dev.hone.model.decoder.Workspace.Mode;
import java.lang.foreign.Arena;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Against PyTorch and Transformers: golden files by tools/parity/decoder.py and gradients.py.
class DecoderParityTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "gqa_tied",
        "mha_untied_bias",
        "llama3_rope",
        "linear_rope",
        "yarn_rope",
        "longrope"
      })
  void logitsMatchTransformers(String name) {
    try (var arena = Arena.ofShared()) {
      var model = new GoldenModel("decoder/" + name, arena);
      var batch = model.batch();
      var logits = model.memory.f32("logits", batch.numTokens(), model.config.vocabSize());
      model.decoder().logits(batch, model.workspace(Mode.INFERENCE), logits);
      assertMaxRelativeError(model.golden.f32("logits"), logits.toArray(), 1e-5);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "full_gqa_tied, TRAINING", "full_gqa_tied, RECOMPUTE", "full_mha_untied_bias, TRAINING",
    "lora_all_linear, TRAINING", "lora_all_linear, RECOMPUTE", "lora_all_linear_bias, TRAINING",
    "lora_rslora, TRAINING", "lora_q_v, TRAINING", "lora_q_v, RECOMPUTE",
    "lora_dora, TRAINING", "lora_dora, RECOMPUTE", "lora_dora_bias, TRAINING",
    "lora_tokens, TRAINING", "lora_tokens, RECOMPUTE", "lora_tokens_untied, TRAINING"
  })
  void gradientsMatchPyTorch(String name, Mode mode) {
    GoldenModel.assertGradients("gradients/" + name, name.startsWith("full"), mode);
  }
}
