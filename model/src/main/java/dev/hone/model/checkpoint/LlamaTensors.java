package dev.hone.model.checkpoint;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The names and shapes of a Llama model's tensors, as Hugging Face checkpoints have them.
final class LlamaTensors {
  static final String EMBEDDING = "model.embed_tokens.weight";
  static final String HEAD = "lm_head.weight";

  private final ModelConfig config;
  private final Map<String, List<Long>> shapes = new LinkedHashMap<>();

  private LlamaTensors(ModelConfig config) {
    this.config = config;
  }

  /// Shape by name, in the order of the computation; without `lm_head.weight` where that is the
  /// embedding.
  static Map<String, List<Long>> of(ModelConfig config) {
    var tensors = new LlamaTensors(config);
    tensors.add(EMBEDDING, config.vocabSize(), config.hiddenSize());
    for (int layer = 0; layer < config.numLayers(); layer++)
      tensors.addLayer("model.layers." + layer + ".");
    tensors.add("model.norm.weight", config.hiddenSize());
    if (!config.tieWordEmbeddings()) tensors.add(HEAD, config.vocabSize(), config.hiddenSize());
    return java.util.Collections.unmodifiableMap(tensors.shapes);
  }

  private void addLayer(String prefix) {
    int hidden = config.hiddenSize();
    add(prefix + "input_layernorm.weight", hidden);
    addLinear(prefix + "self_attn.q_proj", config.queryDim(), hidden, config.attentionBias());
    addLinear(prefix + "self_attn.k_proj", config.kvDim(), hidden, config.attentionBias());
    addLinear(prefix + "self_attn.v_proj", config.kvDim(), hidden, config.attentionBias());
    addLinear(prefix + "self_attn.o_proj", hidden, config.queryDim(), config.attentionBias());
    add(prefix + "post_attention_layernorm.weight", hidden);
    addLinear(prefix + "mlp.gate_proj", config.intermediateSize(), hidden, config.mlpBias());
    addLinear(prefix + "mlp.up_proj", config.intermediateSize(), hidden, config.mlpBias());
    addLinear(prefix + "mlp.down_proj", hidden, config.intermediateSize(), config.mlpBias());
  }

  private void addLinear(String name, long out, long in, boolean bias) {
    add(name + ".weight", out, in);
    if (bias) add(name + ".bias", out);
  }

  private void add(String name, long... shape) {
    shapes.put(name, java.util.Arrays.stream(shape).boxed().toList());
  }
}
