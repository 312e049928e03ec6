package dev.hone.model.checkpoint;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The names and shapes of a decoder's tensors, as Hugging Face checkpoints have them.
final class DecoderTensorNames {
  static final String EMBEDDING = "model.embed_tokens.weight";
  static final String HEAD = "lm_head.weight";

  private final ModelConfig config;
  private final Map<String, List<Long>> shapes = new LinkedHashMap<>();

  private DecoderTensorNames(ModelConfig config) {
    this.config = config;
  }

  /// Shape by name, in the order of the computation; without `lm_head.weight` where that is the
  /// embedding.
  static Map<String, List<Long>> of(ModelConfig config) {
    var tensors = new DecoderTensorNames(config);
    tensors.add(EMBEDDING, config.vocabSize(), config.hiddenSize());
    for (int layer = 0; layer < config.numLayers(); layer++) {
      tensors.addLayer("model.layers." + layer + ".");
    }
    tensors.add("model.norm.weight", config.hiddenSize());
    if (!config.tieWordEmbeddings()) tensors.add(HEAD, config.vocabSize(), config.hiddenSize());
    return Collections.unmodifiableMap(tensors.shapes);
  }

  private void addLayer(String prefix) {
    int hidden = config.hiddenSize();
    int query = config.queryDim();
    int kv = config.kvDim();
    int mlp = config.intermediateSize();
    var form = config.form();
    addNorm(prefix, form.norms().beforeAttention());
    addLinear(prefix + "self_attn.q_proj", query, hidden, form.inputBias());
    addLinear(prefix + "self_attn.k_proj", kv, hidden, form.inputBias());
    addLinear(prefix + "self_attn.v_proj", kv, hidden, form.inputBias());
    switch (form.headNorm()) {
      case NONE -> {}
      case EACH -> addHeadNorms(prefix, config.headDim(), config.headDim());
      case ALL -> addHeadNorms(prefix, query, kv);
    }
    addLinear(prefix + "self_attn.o_proj", hidden, query, form.outputBias());
    addNorm(prefix, form.norms().afterAttention());
    addNorm(prefix, form.norms().beforeMlp());
    addLinear(prefix + "mlp.gate_proj", mlp, hidden, form.mlpBias());
    addLinear(prefix + "mlp.up_proj", mlp, hidden, form.mlpBias());
    addLinear(prefix + "mlp.down_proj", hidden, mlp, form.mlpBias());
    addNorm(prefix, form.norms().afterMlp());
  }

  private void addNorm(String prefix, String name) {
    if (name != null) add(prefix + name + ".weight", config.hiddenSize());
  }

  private void addHeadNorms(String prefix, int query, int key) {
    add(prefix + "self_attn.q_norm.weight", query);
    add(prefix + "self_attn.k_norm.weight", key);
  }

  private void addLinear(String name, long out, long in, boolean bias) {
    add(name + ".weight", out, in);
    if (bias) add(name + ".bias", out);
  }

  private void add(String name, long... shape) {
    shapes.put(name, Arrays.stream(shape).boxed().toList());
  }
}
