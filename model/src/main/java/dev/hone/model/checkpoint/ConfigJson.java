package dev.hone.model.checkpoint;

import dev.hone.model.UsageException;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// Reads `config.json` of a Llama model. Fields that are absent get the values that transformers'
/// `LlamaConfig` gives them, but for the sizes, which must be there; what Hone does not compute is
/// refused by name, never ignored.
final class ConfigJson {
  private static final String SUPPORTED = "LlamaForCausalLM";
  private static final int MAX_WIDTH = 1 << 20;
  private static final int MAX_LAYERS = 4096;
  private static final int MAX_HEADS = 1 << 14;
  private static final int MAX_VOCAB = 1 << 24;
  private static final int MAX_CONTEXT = 1 << 28;

  /// Features of other decoders under Llama's name: a field that is present and not one of the
  /// harmless values.
  private static final Map<String, List<String>> REFUSED =
      Map.ofEntries(
          Map.entry("sliding_window", List.of()),
          Map.entry("quantization_config", List.of()),
          Map.entry("compression_config", List.of()),
          Map.entry("num_experts", List.of("0", "1")),
          Map.entry("num_local_experts", List.of("0", "1")),
          Map.entry("n_routed_experts", List.of("0", "1")),
          Map.entry("partial_rotary_factor", List.of("1", "1.0")),
          Map.entry("attention_dropout", List.of("0", "0.0")),
          Map.entry("attn_logit_softcapping", List.of()),
          Map.entry("final_logit_softcapping", List.of()),
          Map.entry("auto_map", List.of()),
          Map.entry("is_encoder_decoder", List.of("false")));

  private final JsonObject json;

  private ConfigJson(JsonObject json) {
    this.json = json;
  }

  static ModelConfig parse(JsonObject json) throws CheckpointException {
    var config = new ConfigJson(json);
    config.requireArchitecture();
    config.requireSupportedFeatures();
    try {
      return config.shape();
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(json.path(), e.getMessage(), e);
    }
  }

  private void requireArchitecture() throws CheckpointException {
    var architectures = json.strings("architectures");
    var modelType = json.string("model_type").orElse("");
    if (architectures.contains(SUPPORTED) && (modelType.isEmpty() || modelType.equals("llama")))
      return;
    if (architectures.isEmpty() && modelType.equals("llama")) return;
    if (architectures.isEmpty() && modelType.isEmpty()) {
      throw new CheckpointException(
          json.path(), "names no architecture (fields architectures and model_type)");
    }
    var name =
        architectures.isEmpty() || architectures.contains(SUPPORTED)
            ? "model type " + modelType
            : "architecture " + String.join(", ", architectures);
    throw unsupported(name, "supported: " + SUPPORTED);
  }

  private void requireSupportedFeatures() throws CheckpointException {
    for (var field : json.fields()) {
      var harmless = REFUSED.get(field);
      if (harmless != null
          && json.has(field)
          && !harmless.contains(json.node().get(field).toString())) {
        throw unsupported("field " + field, "use a plain, unquantised Llama checkpoint");
      }
    }
    var activation = json.string("hidden_act").orElse("silu");
    if (!activation.equals("silu"))
      throw unsupported("hidden_act " + activation, "supported: silu");
    for (var layer : json.strings("layer_types")) {
      if (!layer.equals("full_attention"))
        throw unsupported("layer type " + layer, "supported: full_attention");
    }
  }

  private ModelConfig shape() throws CheckpointException {
    int vocab = json.integer("vocab_size", 1, MAX_VOCAB);
    int hidden = json.integer("hidden_size", 1, MAX_WIDTH);
    int heads = json.integer("num_attention_heads", 1, MAX_HEADS);
    int context = json.optionalInteger("max_position_embeddings", 1, MAX_CONTEXT).orElse(2048);
    return new ModelConfig(
        vocab,
        hidden,
        json.integer("intermediate_size", 1, MAX_WIDTH),
        json.integer("num_hidden_layers", 1, MAX_LAYERS),
        heads,
        json.optionalInteger("num_key_value_heads", 1, MAX_HEADS).orElse(heads),
        headDim(hidden, heads),
        context,
        json.positive("rms_norm_eps", 1e-6),
        ropeTheta(),
        ropeScaling(),
        json.bool("tie_word_embeddings", false),
        json.bool("attention_bias", false),
        json.bool("mlp_bias", false),
        bos(vocab),
        json.node().has("eos_token_id") ? json.integers("eos_token_id", 0, vocab - 1) : List.of(2),
        torchDtype());
  }

  private int headDim(int hidden, int heads) throws CheckpointException {
    var headDim = json.optionalInteger("head_dim", 1, MAX_WIDTH);
    if (headDim.isPresent()) return headDim.getAsInt();
    if (hidden % heads != 0) {
      throw new CheckpointException(
          json.path(),
          "hidden_size %d is no multiple of num_attention_heads %d, and head_dim is absent"
              .formatted(hidden, heads));
    }
    return hidden / heads;
  }

  private OptionalInt bos(int vocab) throws CheckpointException {
    return json.node().has("bos_token_id")
        ? json.optionalInteger("bos_token_id", 0, vocab - 1)
        : OptionalInt.of(1);
  }

  private String torchDtype() throws CheckpointException {
    var dtype = json.string("torch_dtype");
    return dtype.isPresent() ? dtype.get() : json.string("dtype").orElse("float32");
  }

  private double ropeTheta() throws CheckpointException {
    double topLevel = json.positive("rope_theta", 10_000);
    var parameters = json.object("rope_parameters");
    return parameters.isPresent() ? parameters.get().positive("rope_theta", topLevel) : topLevel;
  }

  /// Either `rope_scaling` (`type` in old files, `rope_type` in newer ones) or `rope_parameters` of
  /// transformers 5.
  private RopeScaling ropeScaling() throws CheckpointException {
    var scaling = json.object("rope_parameters");
    if (scaling.isEmpty()) scaling = json.object("rope_scaling");
    return scaling.isEmpty() ? new RopeScaling.None() : ropeScaling(scaling.get());
  }

  private RopeScaling ropeScaling(JsonObject rope) throws CheckpointException {
    if (rope.positive("partial_rotary_factor", 1) != 1) {
      throw unsupported(
          "field " + rope.at() + "partial_rotary_factor",
          "supported: rotary embedding of whole heads");
    }
    var type = ropeType(rope);
    return switch (type) {
      case "default" -> new RopeScaling.None();
      case "linear" -> new RopeScaling.Linear(rope.positive("factor"));
      case "llama3" ->
          new RopeScaling.Llama3(
              rope.positive("factor"),
              rope.positive("low_freq_factor"),
              rope.positive("high_freq_factor"),
              rope.integer("original_max_position_embeddings", 1, MAX_CONTEXT));
      default -> throw unsupported("rope type " + type, "supported: default, linear, llama3");
    };
  }

  private String ropeType(JsonObject rope) throws CheckpointException {
    var type = rope.string("rope_type");
    if (type.isEmpty()) type = rope.string("type");
    if (type.isPresent()) return type.get();
    boolean isPlain = rope.fields().stream().allMatch("rope_theta"::equals);
    if (isPlain) return "default";
    throw new CheckpointException(json.path(), "lacks the field " + rope.at() + "rope_type");
  }

  private UsageException unsupported(String what, String hint) {
    return new UsageException(
        Quoted.oneLine(json.path() + ": " + what) + " is not supported yet", hint);
  }
}
