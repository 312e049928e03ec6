package dev.hone.model.checkpoint;

import dev.hone.model.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The `config.json` of the model in a GGUF file: its keys by the names and in the units of Hugging
/// Face, with what llama.cpp knows of an architecture without its being in the file.
final class GgufConfig {
  /// @param modelType of Hugging Face
  /// @param isPaired whether rows of queries and keys are stored in pairs that are rotated together
  /// @param addsOne whether the weights of norms are stored with the one that the model adds
  record Architecture(String modelType, String name, boolean isPaired, boolean addsOne) {
    /// Rows of a head that are stored in pairs; 0 where rows are in order.
    ///
    /// @param tensor or module, by its name in checkpoints
    int pairedRows(String tensor, ModelConfig config) {
      boolean isRotated = tensor.contains(".q_proj") || tensor.contains(".k_proj");
      return isRotated && isPaired ? config.headDim() : 0;
    }
  }

  /// By the names that GGUF files give them. (ggml-org/llama.cpp, `src/llama-model.cpp`.)
  private static final Map<String, Architecture> ARCHITECTURES =
      Map.of(
          "llama", new Architecture("llama", "LlamaForCausalLM", true, false),
          "qwen2", new Architecture("qwen2", "Qwen2ForCausalLM", false, false),
          "qwen3", new Architecture("qwen3", "Qwen3ForCausalLM", false, false),
          "smollm3", new Architecture("smollm3", "SmolLM3ForCausalLM", true, false),
          "granite", new Architecture("granite", "GraniteForCausalLM", true, false),
          "olmo2", new Architecture("olmo2", "Olmo2ForCausalLM", false, false),
          "gemma2", new Architecture("gemma2", "Gemma2ForCausalLM", false, true),
          "gemma3", new Architecture("gemma3_text", "Gemma3ForCausalLM", false, true),
          "phi3", new Architecture("phi3", "Phi3ForCausalLM", false, false));

  /// Divisors of the frequencies; those for contexts up to the first training's, and beyond.
  static final String ROPE_FACTORS = "rope_freqs.weight";

  static final String SHORT_FACTORS = "rope_factors_short.weight";
  static final String LONG_FACTORS = "rope_factors_long.weight";
  static final List<String> ROPE_TENSORS = List.of(ROPE_FACTORS, SHORT_FACTORS, LONG_FACTORS);

  private final GgufFile file;
  private final Architecture architecture;
  private final String prefix;
  private final ObjectNode json = JsonNodeFactory.instance.objectNode();

  private GgufConfig(GgufFile file) throws CheckpointException {
    this.file = file;
    this.architecture = architecture(file);
    this.prefix = file.requireText("general.architecture") + ".";
  }

  /// The name that GGUF files give a `model_type`; empty where none of them is known.
  static Optional<String> architectureOf(String modelType) {
    var known =
        ARCHITECTURES.entrySet().stream().filter(e -> e.getValue().modelType.equals(modelType));
    return known.map(Map.Entry::getKey).findFirst();
  }

  /// @param name as in GGUF files, of a known one
  static Architecture named(String name) {
    return ARCHITECTURES.get(name);
  }

  static Architecture architecture(GgufFile file) throws CheckpointException {
    var kind = file.text("general.type").orElse("model");
    if (!kind.equals("model")) {
      throw new UsageException(
          Quoted.oneLine("%s: is a GGUF file of type %s, not a model".formatted(file.path(), kind)),
          kind.equals("adapter")
              ? "give the model's own GGUF file; adapters are read in PEFT's form"
              : "give a GGUF file with a model");
    }
    var name = file.requireText("general.architecture");
    var known = ARCHITECTURES.get(name);
    if (known == null) {
      throw new UsageException(
          Quoted.oneLine("%s: architecture %s is not supported yet".formatted(file.path(), name)),
          "supported: "
              + ARCHITECTURES.keySet().stream().sorted().collect(Collectors.joining(", ")));
    }
    return known;
  }

  /// @throws UsageException for an architecture that Hone does not compute
  static ObjectNode of(GgufFile file) throws CheckpointException {
    var config = new GgufConfig(file);
    config.json.putArray("architectures").add(config.architecture.name);
    config.json.put("model_type", config.architecture.modelType);
    config.sizes();
    config.rope();
    config.tokens();
    config.ofFamily(config.architecture.modelType);
    config.json.put("torch_dtype", "float32");
    return config.json;
  }

  private void sizes() throws CheckpointException {
    var embedding = file.tensors().get("token_embd.weight");
    if (embedding == null || embedding.shape().size() != 2) {
      throw new CheckpointException(file.path(), "lacks the tensor token_embd.weight");
    }
    int hidden = integer("embedding_length");
    int heads = integer("attention.head_count");
    json.put("vocab_size", Math.toIntExact(embedding.shape().getFirst()));
    json.put("hidden_size", hidden);
    json.put("intermediate_size", integer("feed_forward_length"));
    json.put("num_hidden_layers", integer("block_count"));
    json.put("num_attention_heads", heads);
    json.put(
        "num_key_value_heads",
        file.integer(prefix + "attention.head_count_kv").orElse(Math.max(heads, 1)));
    json.put(
        "head_dim",
        file.integer(prefix + "attention.key_length").orElse(hidden / Math.max(heads, 1)));
    json.put("max_position_embeddings", integer("context_length"));
    number("attention.layer_norm_rms_epsilon", "rms_norm_eps");
    json.put("tie_word_embeddings", !file.tensors().containsKey("output.weight"));
  }

  private void rope() throws CheckpointException {
    number("rope.freq_base", "rope_theta");
    int headDim = json.get("head_dim").intValue();
    int rotated = file.integer(prefix + "rope.dimension_count").orElse(headDim);
    if (rotated != headDim && architecture.modelType.equals("phi3")) {
      json.put("partial_rotary_factor", share(rotated, headDim));
    } else if (rotated != headDim) {
      throw new UsageException(
          Quoted.oneLine(
              "%s: rotates %d of the %d elements of a head, which is not supported yet"
                  .formatted(file.path(), rotated, headDim)),
          "use a model that rotates whole heads");
    }
    var type = file.text(prefix + "rope.scaling.type").orElse("none");
    var factors = file.tensors().get(ROPE_FACTORS);
    if (factors != null) {
      json.set("rope_scaling", factors(factors, headDim));
    } else if (file.tensors().containsKey(SHORT_FACTORS)) {
      longRope(rotated);
    } else if (!type.equals("none")) {
      var scaling = json.putObject("rope_scaling").put("rope_type", type);
      file.number(prefix + "rope.scaling.factor").ifPresent(f -> scaling.put("factor", f));
      var original = file.integer(prefix + "rope.scaling.original_context_length");
      original.ifPresent(n -> scaling.put("original_max_position_embeddings", n));
    }
  }

  /// Such that as many of the whole, rounded down, are the part.
  private static double share(int part, int whole) {
    double share = (double) part / whole;
    return (int) (whole * share) < part ? Math.nextUp(share) : share;
  }

  /// Two lists of divisors, and what cosines and sines are multiplied by: Phi-3's.
  private void longRope(int rotated) throws CheckpointException {
    int context = integer("context_length");
    int original = file.integer(prefix + "rope.scaling.original_context_length").orElse(context);
    json.put("original_max_position_embeddings", original);
    var scaling = json.putObject("rope_scaling").put("rope_type", "longrope");
    putDivisors(SHORT_FACTORS, rotated, scaling.putArray("short_factor"));
    putDivisors(LONG_FACTORS, rotated, scaling.putArray("long_factor"));
    // a file has it as a float: the formula's own value where that is what it has
    double usual = RopeScaling.LongRope.attentionFactorOf((double) context / original, original);
    var given = file.number(prefix + "rope.scaling.attn_factor");
    if (given.isPresent() && given.get().floatValue() != (float) usual) {
      scaling.put("attention_factor", given.get());
    }
  }

  private void putDivisors(String tensor, int rotated, ArrayNode array) throws CheckpointException {
    var stored = file.tensors().get(tensor);
    if (stored == null) {
      throw new CheckpointException(file.path(), "lacks the tensor " + tensor);
    }
    for (float one : divisors(stored, rotated)) {
      array.add(Double.parseDouble(Float.toString(one)));
    }
  }

  private float[] divisors(GgufFile.Stored stored, int rotated) throws CheckpointException {
    if (stored.elements() != rotated / 2 || stored.dtype().isEmpty()) {
      throw new CheckpointException(
          file.path(), "tensor %s does not fit heads of %d".formatted(stored.name(), rotated));
    }
    var divisors = new float[rotated / 2];
    FloatCodec.decode(
        file.raw(stored), stored.dtype().get(), java.lang.foreign.MemorySegment.ofArray(divisors));
    return divisors;
  }

  /// A divisor for each frequency, as Llama 3.1's files have them: the numbers that they were made
  /// from where those can be told, else the divisors themselves, as `longrope` of one kind.
  private ObjectNode factors(GgufFile.Stored stored, int headDim) throws CheckpointException {
    var given = divisors(stored, headDim);
    double theta = json.path("rope_theta").doubleValue(10_000);
    for (double factor : List.of(8.0, 32.0)) { // of Llama 3.1 and of 3.2
      if (areOfLlama3(given, theta, headDim, factor)) {
        return JsonNodeFactory.instance
            .objectNode()
            .put("rope_type", "llama3")
            .put("factor", factor)
            .put("low_freq_factor", 1.0)
            .put("high_freq_factor", 4.0)
            .put("original_max_position_embeddings", 8192);
      }
    }
    var scaling = JsonNodeFactory.instance.objectNode().put("rope_type", "longrope");
    for (var field : List.of("short_factor", "long_factor")) {
      var list = scaling.putArray(field);
      for (float one : given) list.add(Double.parseDouble(Float.toString(one)));
    }
    return scaling
        .put("attention_factor", 1.0)
        .put("original_max_position_embeddings", integer("context_length"));
  }

  private static boolean areOfLlama3(float[] given, double theta, int headDim, double factor) {
    for (int i = 0; i < given.length; i++) {
      double frequency = Math.pow(theta, -2.0 * i / headDim);
      double expected = frequency / new RopeScaling.Llama3(factor, 1, 4, 8192).scaled(frequency);
      if (Math.abs(given[i] / expected - 1) > 1e-4) return false;
    }
    return true;
  }

  private void tokens() throws CheckpointException {
    var tokens = GgufTokenizer.roles(file);
    putId("bos_token_id", tokens.get("bos"));
    var ends = new ArrayList<Integer>();
    for (var role : List.of("eos", "eot", "eom")) {
      if (tokens.containsKey(role) && !ends.contains(tokens.get(role))) ends.add(tokens.get(role));
    }
    if (ends.isEmpty()) {
      json.putNull("eos_token_id");
    } else {
      var list = json.putArray("eos_token_id");
      ends.forEach(list::add);
    }
  }

  private void putId(String field, Integer id) {
    if (id == null) json.putNull(field);
    else json.put(field, id);
  }

  /// What the shared keys don't say.
  private void ofFamily(String modelType) throws CheckpointException {
    boolean hasBias = file.tensors().containsKey("blk.0.attn_q.bias");
    switch (modelType) {
      case "llama" ->
          json.put("attention_bias", hasBias)
              .put("mlp_bias", file.tensors().containsKey("blk.0.ffn_gate.bias"));
      case "smollm3" -> json.put("no_rope_layer_interval", 4);
      case "granite" -> {
        number("attention.scale", "attention_multiplier");
        number("embedding_scale", "embedding_multiplier");
        number("residual_scale", "residual_multiplier");
        number("logit_scale", "logits_scaling");
      }
      case "gemma2", "gemma3_text" -> gemma(modelType);
      case "phi3" -> {
        int window = file.integer(prefix + "attention.sliding_window").orElse(0);
        if (window > 0) json.put("sliding_window", window);
        else json.putNull("sliding_window");
      }
      default -> {} // qwen2, qwen3 and olmo2 are told by their names
    }
  }

  private void gemma(String modelType) throws CheckpointException {
    boolean isSecond = modelType.equals("gemma2");
    // the 27B models scale their scores by another width than a head's
    boolean isLargest = json.get("num_hidden_layers").intValue() == (isSecond ? 46 : 62);
    int hidden = json.get("hidden_size").intValue();
    json.put(
        "query_pre_attn_scalar",
        isLargest
            ? hidden / json.get("num_attention_heads").intValue()
            : json.get("head_dim").intValue());
    json.put("hidden_activation", "gelu_pytorch_tanh");
    json.put(
        "sliding_window",
        file.integer(prefix + "attention.sliding_window").orElse(isSecond ? 4096 : 512));
    if (isSecond) {
      json.put(
          "attn_logit_softcapping", file.number(prefix + "attn_logit_softcapping").orElse(50.0));
      json.put(
          "final_logit_softcapping", file.number(prefix + "final_logit_softcapping").orElse(30.0));
    } else {
      json.put("sliding_window_pattern", 6);
      json.put("rope_local_base_freq", file.number(prefix + "rope.freq_base_swa").orElse(10_000.0));
    }
  }

  private void number(String key, String field) throws CheckpointException {
    file.number(prefix + key).ifPresent(value -> json.put(field, value));
  }

  private int integer(String key) throws CheckpointException {
    return file.requireInteger(prefix + key);
  }
}
