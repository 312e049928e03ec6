package dev.hone.model.checkpoint;

import dev.hone.model.UsageException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/// Reads `config.json` of a [Family] that Hone computes. Fields that are absent get the values that
/// transformers' configuration class gives them, but for the sizes, which must be there; what Hone
/// does not compute is refused by name, never ignored.
final class ConfigJson {
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
          Map.entry("use_bidirectional_attention", List.of("false")),
          Map.entry("auto_map", List.of()),
          Map.entry("is_encoder_decoder", List.of("false")));

  private final JsonObject json;
  private final Family family;

  private ConfigJson(JsonObject json, Family family) {
    this.json = json;
    this.family = family;
  }

  static ModelConfig parse(JsonObject json) throws CheckpointException {
    var config = new ConfigJson(json, family(json));
    config.requireSupportedFeatures();
    try {
      return config.shape();
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(json.path(), e.getMessage(), e);
    }
  }

  private static Family family(JsonObject json) throws CheckpointException {
    var architectures = json.strings("architectures");
    var modelType = json.string("model_type").orElse("");
    if (architectures.isEmpty() && modelType.isEmpty()) {
      throw new CheckpointException(
          json.path(), "names no architecture (fields architectures and model_type)");
    }
    var family = Family.of(architectures, modelType);
    if (family.isPresent()) {
      return family.get();
    }
    boolean isTypeStrange = architectures.isEmpty() || Family.of(architectures, "").isPresent();
    throw unsupported(
        json,
        isTypeStrange
            ? "model type " + modelType
            : "architecture " + String.join(", ", architectures),
        "supported: "
            + Family.ALL.stream().map(Family::architecture).collect(Collectors.joining(", ")));
  }

  private void requireSupportedFeatures() throws CheckpointException {
    for (var field : json.fields()) {
      var harmless = REFUSED.get(field);
      if (harmless != null
          && json.has(field)
          && !family.fields().honoured().contains(field)
          && !harmless.contains(json.node().get(field).toString())) {
        throw unsupported("field " + field, "use a plain, unquantised checkpoint");
      }
    }
    for (var field : family.fields().required()) {
      if (!json.has(field)) {
        throw new CheckpointException(json.path(), "lacks the field " + field);
      }
    }
    var activation = activation();
    if (!activation.equals(family.fields().activation())) {
      throw unsupported("hidden_act " + activation, "supported: " + family.fields().activation());
    }
    for (var layer : json.strings("layer_types")) {
      boolean isKnown =
          layer.equals("full_attention")
              || layer.equals("sliding_attention")
                  && family.fields().honoured().contains("sliding_window");
      if (!isKnown) {
        throw unsupported("layer type " + layer, "supported: full_attention");
      }
    }
  }

  private String activation() throws CheckpointException {
    var gemma = json.string("hidden_activation");
    return gemma.isPresent()
        ? gemma.get()
        : json.string("hidden_act").orElse(family.fields().activation());
  }

  private ModelConfig shape() throws CheckpointException {
    int vocab = json.integer("vocab_size", 1, MAX_VOCAB);
    int hidden = json.integer("hidden_size", 1, MAX_WIDTH);
    int heads = json.integer("num_attention_heads", 1, MAX_HEADS);
    int layers = json.integer("num_hidden_layers", 1, MAX_LAYERS);
    int headDim = headDim(hidden, heads);
    var scaling = ropeScaling();
    int context =
        scaling instanceof RopeScaling.LongRope longRope
            ? Math.min(context(), longRope.originalMaxPositionEmbeddings())
            : context();
    var draft = new BlockForm.Draft(family.modelType(), layers, headDim);
    family.draft(json, draft);
    return new ModelConfig(
        vocab,
        hidden,
        json.integer("intermediate_size", 1, MAX_WIDTH),
        layers,
        heads,
        json.optionalInteger("num_key_value_heads", 1, MAX_HEADS).orElse(heads),
        headDim,
        context,
        json.positive("rms_norm_eps", family.fields().rmsNormEps()),
        ropeTheta(),
        scaling,
        json.bool("tie_word_embeddings", family.fields().tiesWordEmbeddings()),
        draft.done(),
        bos(vocab),
        json.node().has("eos_token_id")
            ? json.integers("eos_token_id", 0, vocab - 1)
            : family.fields().eosTokenIds(),
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
        : family.fields().bosTokenId();
  }

  private String torchDtype() throws CheckpointException {
    var dtype = json.string("torch_dtype");
    return dtype.isPresent() ? dtype.get() : json.string("dtype").orElse("float32");
  }

  private double ropeTheta() throws CheckpointException {
    double topLevel = json.positive("rope_theta", family.fields().ropeTheta());
    var parameters = ropeParameters();
    return parameters.isPresent() ? parameters.get().positive("rope_theta", topLevel) : topLevel;
  }

  /// `rope_parameters` of transformers 5; where they are given for each kind of layer, those of the
  /// layers that see everything.
  private Optional<JsonObject> ropeParameters() throws CheckpointException {
    var parameters = json.object("rope_parameters");
    return parameters.isPresent() && parameters.get().has("full_attention")
        ? parameters.get().object("full_attention")
        : parameters;
  }

  /// Either `rope_scaling` (`type` in old files, `rope_type` in newer ones) or `rope_parameters` of
  /// transformers 5.
  private RopeScaling ropeScaling() throws CheckpointException {
    var scaling = ropeParameters();
    if (scaling.isEmpty()) scaling = json.object("rope_scaling");
    return scaling.isEmpty() ? new RopeScaling.None() : ropeScaling(scaling.get());
  }

  private RopeScaling ropeScaling(JsonObject rope) throws CheckpointException {
    boolean isHonoured = family.fields().honoured().contains("partial_rotary_factor");
    if (!isHonoured && rope.positive("partial_rotary_factor", 1) != 1) {
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
      case "yarn" -> yarn(rope);
      case "longrope" -> longRope(rope);
      case "dynamic" -> new RopeScaling.None(); // until the context is longer than the model's
      default ->
          throw unsupported(
              "rope type " + type, "supported: default, linear, llama3, yarn, longrope, dynamic");
    };
  }

  private RopeScaling longRope(JsonObject rope) throws CheckpointException {
    var factors = rope.numbers("short_factor");
    if (factors.isEmpty() || factors.stream().anyMatch(f -> !(f > 0))) {
      throw new CheckpointException(
          json.path(), "field " + rope.at() + "short_factor must be a list of numbers above zero");
    }
    int original = originalContext(rope).orElse(context());
    double factor = rope.positive("factor", (double) context() / original);
    double attention = RopeScaling.LongRope.attentionFactorOf(factor, original);
    return new RopeScaling.LongRope(
        factors, original, rope.positive("attention_factor", attention));
  }

  /// What the model was first trained on, where `longrope` stretches that.
  private OptionalInt originalContext(JsonObject rope) throws CheckpointException {
    var field = "original_max_position_embeddings";
    var atTop = json.optionalInteger(field, 2, MAX_CONTEXT);
    return atTop.isPresent() ? atTop : rope.optionalInteger(field, 2, MAX_CONTEXT);
  }

  private int context() throws CheckpointException {
    return json.optionalInteger("max_position_embeddings", 1, MAX_CONTEXT).orElse(2048);
  }

  private RopeScaling yarn(JsonObject rope) throws CheckpointException {
    int original = rope.integer("original_max_position_embeddings", 1, MAX_CONTEXT);
    double factor = rope.positive("factor");
    double ofMean = rope.positive("mscale", 0);
    double ofAll = rope.positive("mscale_all_dim", 0);
    double attention =
        ofMean > 0 && ofAll > 0
            ? RopeScaling.Yarn.attentionFactorOf(factor, ofMean)
                / RopeScaling.Yarn.attentionFactorOf(factor, ofAll)
            : RopeScaling.Yarn.attentionFactorOf(factor, 1);
    return new RopeScaling.Yarn(
        factor,
        original,
        rope.positive("beta_fast", 32),
        rope.positive("beta_slow", 1),
        rope.bool("truncate", true),
        rope.positive("attention_factor", attention));
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
    return unsupported(json, what, hint);
  }

  private static UsageException unsupported(JsonObject json, String what, String hint) {
    return new UsageException(
        Quoted.oneLine(json.path() + ": " + what) + " is not supported yet", hint);
  }
}
