package dev.hone.model.checkpoint;

import dev.hone.model.UsageException;
import java.util.LinkedHashMap;
import java.util.Map;

/// The keys of a GGUF file that say what a model computes: the way back from [GgufConfig]. What
/// llama.cpp would compute otherwise than the model does is refused by name.
final class GgufKeys {
  private final Checkpoint model;
  private final ModelConfig config;
  private final String architecture;
  private final Map<String, Object> keys = new LinkedHashMap<>();

  private GgufKeys(Checkpoint model, String architecture) {
    this.model = model;
    this.config = model.config();
    this.architecture = architecture;
  }

  /// The architecture's name in GGUF files.
  static String architecture(Checkpoint model) {
    var type = model.config().form().family();
    if (type.equals("mistral")) return "llama"; // without a window the two are the same
    return GgufConfig.architectureOf(type)
        .orElseThrow(() -> refused(model, "models of the family " + type));
  }

  static Map<String, Object> of(Checkpoint model, GgufFormat format, String name)
      throws CheckpointException {
    var keys = new GgufKeys(model, architecture(model));
    keys.keys.put("general.architecture", keys.architecture);
    keys.keys.put("general.type", "model");
    keys.keys.put("general.name", name);
    keys.keys.put("general.file_type", format.fileType());
    keys.keys.put("general.quantization_version", 2);
    keys.sizes();
    keys.rope();
    keys.family();
    return keys.keys;
  }

  private void put(String key, Object value) {
    keys.put(architecture + "." + key, value);
  }

  private void sizes() throws CheckpointException {
    put("block_count", config.numLayers());
    put("context_length", LongContext.of(model).tokens());
    put("embedding_length", config.hiddenSize());
    put("feed_forward_length", config.intermediateSize());
    put("attention.head_count", config.numHeads());
    put("attention.head_count_kv", config.numKvHeads());
    put("attention.key_length", config.headDim());
    put("attention.value_length", config.headDim());
    put("attention.layer_norm_rms_epsilon", (float) config.rmsNormEps());
    put("vocab_size", config.vocabSize());
  }

  private void rope() {
    put("rope.freq_base", (float) config.ropeTheta());
    put("rope.dimension_count", config.form().rotaryDim());
    switch (config.ropeScaling()) {
      case RopeScaling.None() -> {}
      case RopeScaling.Llama3 _ -> {} // a tensor of factors
      case RopeScaling.Linear(var factor) -> {
        put("rope.scaling.type", "linear");
        put("rope.scaling.factor", (float) factor);
      }
      case RopeScaling.Yarn yarn -> {
        put("rope.scaling.type", "yarn");
        put("rope.scaling.factor", (float) yarn.factor());
        put("rope.scaling.original_context_length", yarn.originalMaxPositionEmbeddings());
      }
      case RopeScaling.LongRope longRope -> {
        if (isPhi3()) {
          put("rope.scaling.attn_factor", (float) longRope.attentionFactor());
          put("rope.scaling.original_context_length", longRope.originalMaxPositionEmbeddings());
        } else if (longRope.attentionFactor() != 1) {
          throw refused(model, "rope type longrope");
        }
      }
    }
  }

  private void family() throws CheckpointException {
    var form = config.form();
    switch (form.family()) {
      case "granite" -> {
        put("attention.scale", form.scoreScale());
        put("embedding_scale", form.embeddingScale());
        put("residual_scale", form.residualScale());
        put("logit_scale", 1 / form.logitScale());
      }
      case "phi3" -> put("attention.sliding_window", widestWindow());
      case "gemma2", "gemma3_text" -> {
        put("attention.sliding_window", widestWindow());
        if (form.scoreCap() > 0) put("attn_logit_softcapping", form.scoreCap());
        if (form.logitCap() > 0) put("final_logit_softcapping", form.logitCap());
      }
      default -> {} // has no keys of its own
    }
    requireReadBack();
  }

  private int widestWindow() {
    return config.form().layers().stream().mapToInt(layer -> layer.window()).max().orElse(0);
  }

  private boolean isPhi3() {
    return architecture.equals("phi3");
  }

  /// What llama.cpp doesn't read from the file, it knows by the architecture: a model that differs
  /// there would be another one.
  private void requireReadBack() throws CheckpointException {
    var values = new LinkedHashMap<String, Object>();
    keys.forEach((key, value) -> values.put(key, asRead(value)));
    var tensors = new LinkedHashMap<String, GgufFile.Stored>();
    Checkpoint.expectedTensors(config)
        .forEach((name, shape) -> {
          var stored = GgufNames.stored(config, name);
          tensors.put(stored, new GgufFile.Stored(stored, shape, 0, 0));
        });
    var file = new GgufFile(model.dir(), java.lang.foreign.MemorySegment.NULL, values, tensors);
    var json = GgufConfig.of(file);
    if (config.form().family().equals("mistral")) { // whose files say llama
      json.put("model_type", "mistral").putNull("sliding_window").remove("architectures");
    }
    var read = ConfigJson.parse(new JsonObject(model.dir(), "", json));
    if (!read.form().equals(config.form())) {
      throw refused(
          model, "a model whose blocks are not as other " + architecture + " models' are");
    }
  }

  private static Object asRead(Object value) {
    return switch (value) {
      case Integer number -> (long) number;
      case Float number -> Double.parseDouble(number.toString());
      default -> value;
    };
  }

  static UsageException refused(Checkpoint model, String what) {
    return new UsageException(
        Quoted.oneLine("%s: %s cannot be written as GGUF".formatted(model.dir(), what)),
        "export it to hf, or keep the adapter");
  }
}
