package dev.hone.tune.pretrain;

import dev.hone.model.checkpoint.AtomicFile;
import dev.hone.model.checkpoint.Dtype;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.checkpoint.SafetensorsWriter;
import dev.hone.model.checkpoint.SafetensorsWriter.Entry;
import dev.hone.model.decoder.BaseWeights;
import dev.hone.model.decoder.Parameter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SplittableRandom;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Writes a model that has learned nothing yet: normal weights with a deviation of 0.02, those that
/// write to the residual stream smaller by `√(2L)`, norms of ones. (Radford et al. 2019)
final class NewModel {
  private static final double DEVIATION = 0.02;
  private static final double ROPE_THETA = 10_000;
  private static final double NORM_EPS = 1e-5;
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private NewModel() {}

  /// @param dir holds the tokenizer's files
  static void write(Path dir, Architecture shape, long seed) throws IOException {
    var configJson = dir.resolve("config.json");
    AtomicFile.write(configJson, JSON.writeValueAsString(config(shape)) + "\n");
    AtomicFile.write(
        dir.resolve("generation_config.json"), JSON.writeValueAsString(generationConfig()) + "\n");
    var config = ModelConfig.read(configJson);
    var random = new SplittableRandom(seed);
    try (var arena = Arena.ofConfined()) {
      var entries =
          BaseWeights.parameters(config).stream()
              .map(p -> entry(p, values(arena, p, config.numLayers(), random)))
              .toList();
      SafetensorsWriter.write(dir.resolve("model.safetensors"), entries, SafetensorsWriter.PYTORCH);
    }
  }

  private static Entry entry(Parameter p, MemorySegment values) {
    List<Long> shape = p.vector() ? List.of((long) p.cols()) : List.of(p.rows(), (long) p.cols());
    return Entry.ofF32(p.name(), Dtype.F32, shape, () -> values);
  }

  private static MemorySegment values(
      Arena arena, Parameter p, int numLayers, SplittableRandom random) {
    var values = arena.allocate(p.size() * Float.BYTES, Float.BYTES);
    boolean isWriting = p.name().contains("o_proj") || p.name().contains("down_proj");
    double deviation = DEVIATION / (isWriting ? Math.sqrt(2.0 * numLayers) : 1);
    for (long i = 0; i < p.size(); i++) {
      float value = p.vector() ? 1f : (float) (deviation * random.nextGaussian());
      values.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
    }
    return values;
  }

  private static LinkedHashMap<String, Object> config(Architecture shape) {
    var config = new LinkedHashMap<String, Object>();
    config.put("architectures", List.of("LlamaForCausalLM"));
    config.put("model_type", "llama");
    config.put("vocab_size", shape.vocabSize());
    config.put("hidden_size", shape.hiddenSize());
    config.put("intermediate_size", shape.intermediateSize());
    config.put("num_hidden_layers", shape.numLayers());
    config.put("num_attention_heads", shape.numHeads());
    config.put("num_key_value_heads", shape.numKvHeads());
    config.put("head_dim", shape.hiddenSize() / shape.numHeads());
    config.put("max_position_embeddings", shape.contextLength());
    config.put("hidden_act", "silu");
    config.put("rms_norm_eps", NORM_EPS);
    config.put("rope_theta", ROPE_THETA);
    config.put("tie_word_embeddings", true);
    config.put("attention_bias", false);
    config.put("mlp_bias", false);
    config.put("initializer_range", DEVIATION);
    config.put("bos_token_id", endOfText());
    config.put("eos_token_id", endOfText());
    config.put("torch_dtype", "float32");
    return config;
  }

  private static LinkedHashMap<String, Object> generationConfig() {
    var config = new LinkedHashMap<String, Object>();
    config.put("bos_token_id", endOfText());
    config.put(
        "eos_token_id",
        List.of(endOfText(), TokenizerFiles.SPECIAL.indexOf(TokenizerFiles.TURN_END)));
    return config;
  }

  private static int endOfText() {
    return TokenizerFiles.SPECIAL.indexOf(TokenizerFiles.END_OF_TEXT);
  }
}
