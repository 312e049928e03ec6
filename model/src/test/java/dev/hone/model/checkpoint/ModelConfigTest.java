package dev.hone.model.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelConfigTest {
  private static final String SIZES =
      """
      "architectures": ["LlamaForCausalLM"], "vocab_size": 300, "hidden_size": 8, "intermediate_size": 12,
      "num_hidden_layers": 1, "num_attention_heads": 2\
      """;
  @TempDir Path dir;

  @Test
  void absentFieldsAreAsTransformersHasThem() throws IOException {
    var config = config("{" + SIZES + "}");
    assertEquals(
        new ModelConfig(
            300,
            8,
            12,
            1,
            2,
            2,
            4,
            2048,
            1e-6,
            10_000,
            new RopeScaling.None(),
            false,
            BlockForm.llama(1, 4, false, false),
            OptionalInt.of(1),
            List.of(2),
            "float32"),
        config);
  }

  @Test
  void givenFieldsCount() throws IOException {
    var config =
        config(
            "{"
                + SIZES
                + """
                , "num_key_value_heads": 1, "head_dim": 6, "max_position_embeddings": 131072, "rms_norm_eps": 1e-05,
                "rope_theta": 500000.0, "tie_word_embeddings": true, "attention_bias": true, "mlp_bias": true,
                "bos_token_id": null, "eos_token_id": [3, 4], "dtype": "bfloat16", "pretraining_tp": 1}\
                """);
    assertEquals(
        new ModelConfig(
            300,
            8,
            12,
            1,
            2,
            1,
            6,
            131072,
            1e-5,
            500_000,
            new RopeScaling.None(),
            true,
            BlockForm.llama(1, 6, true, true),
            OptionalInt.empty(),
            List.of(3, 4),
            "bfloat16"),
        config);
    assertEquals(12, config.queryDim());
    assertEquals(6, config.kvDim());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          rope_scaling    | {"type": "linear", "factor": 2.0}
          rope_scaling    | {"rope_type": "linear", "factor": 2}
          rope_parameters | {"rope_type": "linear", "factor": 2, "rope_theta": 10000}
          """)
  void linearScalingIsReadInOldAndNewShape(String field, String json) throws IOException {
    assertEquals(
        new RopeScaling.Linear(2),
        config("{%s, \"%s\": %s}".formatted(SIZES, field, json)).ropeScaling());
  }

  @Test
  void llama3ScalingIsReadInOldAndNewShape() throws IOException {
    var fields =
        """
        "rope_type": "llama3", "factor": 32.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
        "original_max_position_embeddings": 8192\
        """;
    var expected = new RopeScaling.Llama3(32, 1, 4, 8192);
    var old =
        config("{%s, \"rope_theta\": 500000.0, \"rope_scaling\": {%s}}".formatted(SIZES, fields));
    var recent =
        config(
            "{%s, \"rope_parameters\": {%s, \"rope_theta\": 500000.0}}".formatted(SIZES, fields));
    assertEquals(expected, old.ropeScaling());
    assertEquals(old, recent);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "architectures": ["MixtralForCausalLM"]                  | architecture MixtralForCausalLM is not supported yet
          "model_type": "mistral"                                  | model type mistral is not supported yet
          "hidden_act": "gelu"                                     | hidden_act gelu is not supported yet
          "rope_parameters": {"rope_type": "other", "factor": 2} | rope type other is not supported yet
          "rope_parameters": {"rope_type": "default", "partial_rotary_factor": 0.5} | partial_rotary_factor is not supported
          "sliding_window": 4096                                   | field sliding_window is not supported yet
          "quantization_config": {"bits": 4}                       | field quantization_config is not supported yet
          "num_local_experts": 8                                   | field num_local_experts is not supported yet
          "attention_dropout": 0.1                                 | field attention_dropout is not supported yet
          "layer_types": ["sliding_attention"]                     | layer type sliding_attention is not supported yet
          "auto_map": {"AutoModel": "x.Y"}                         | field auto_map is not supported yet
          """)
  void whatIsNotComputedIsRefusedByName(String field, String message) {
    var sizes =
        field.contains("architectures") ? SIZES.substring(SIZES.indexOf("\"vocab_size\"")) : SIZES;
    var e = assertThrows(UsageException.class, () -> config("{" + sizes + ", " + field + "}"));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "sliding_window, null",
    "attention_dropout, 0.0",
    "rope_scaling, null",
    "num_experts, null"
  })
  void fieldsThatSayNothingAreNoReasonToRefuse(String field, String value) throws IOException {
    assertEquals(
        config("{" + SIZES + "}"), config("{%s, \"%s\": %s}".formatted(SIZES, field, value)));
  }

  private ModelConfig config(String json) throws IOException {
    var file = dir.resolve("config.json");
    Files.writeString(file, json);
    return ModelConfig.read(file);
  }
}
