package dev.hone.model.adapter;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.checkpoint.HubSnapshot;
import dev.hone.model.checkpoint.JsonFile;
import dev.hone.model.checkpoint.JsonObject;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// PEFT's `adapter_config.json`: what Hone understands of it, and every field as it stands, so that
/// one that was read is written back with what Hone does not know.
///
/// @param lora what Hone computes with
/// @param fields the whole object
public record AdapterConfig(LoraConfig lora, ObjectNode fields) {
  /// The file's name in an adapter's directory.
  public static final String FILE = "adapter_config.json";

  /// Whose file format this is.
  private static final String PEFT_VERSION = "0.21.0";

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final List<String> DEFAULT_TARGETS = List.of("q_proj", "v_proj");
  private static final int MAX_RANK = 1 << 16;
  private static final int MAX_LAYER = 1 << 16;

  /// Features that change what an adapter computes. Null, false and empty always mean that one is
  /// off.
  private static final Set<String> REFUSED =
      Set.of(
          "use_qalora",
          "use_bdlora",
          "lora_bias",
          "fan_in_fan_out",
          "target_parameters",
          "layer_replication",
          "alora_invocation_tokens",
          "megatron_config",
          "arrow_config",
          "kasa_config",
          "velora_config",
          "monteclora_config");

  /// Ways to initialise that leave the base as it is; PiSSA, OLoRA, CorDA, LoftQ and LoRA-GA change
  /// it.
  private static final Set<String> HARMLESS_INITS = Set.of("gaussian", "eva", "orthogonal", "mica");

  /// A new one, for an adapter of the base model `baseModel` (a path, or a name on a hub).
  public static AdapterConfig of(LoraConfig lora, String baseModel) {
    var fields = defaults();
    fields.put("base_model_name_or_path", baseModel);
    put(lora, fields);
    return new AdapterConfig(lora, fields);
  }

  /// The same file for an adapter with other settings; all that Hone does not know of it stays.
  AdapterConfig with(LoraConfig other) {
    if (other.equals(lora)) {
      return this;
    }
    var changed = fields.deepCopy();
    put(other, changed);
    return new AdapterConfig(other, changed);
  }

  private static void put(LoraConfig lora, ObjectNode fields) {
    fields.set("target_modules", targets(lora.targets()));
    fields.put("r", lora.rank());
    fields.set("lora_alpha", number(lora.alpha()));
    fields.put("lora_dropout", lora.dropout());
    fields.put("use_rslora", lora.useRslora());
    fields.put("use_dora", lora.useDora());
    var ranks = fields.putObject("rank_pattern");
    lora.rankPattern().forEach(ranks::put);
    var alphas = fields.putObject("alpha_pattern");
    lora.alphaPattern().forEach((key, alpha) -> alphas.set(key, number(alpha)));
    fields.set(
        "exclude_modules", lora.exclude().map(AdapterConfig::targets).orElseGet(JSON::nullNode));
    var numbers = JSON.arrayNode();
    lora.layers().layers().forEach(numbers::add);
    fields.set("layers_to_transform", orNull(numbers));
    fields.set("layers_pattern", orNull(strings(lora.layers().patterns())));
    fields.set("modules_to_save", orNull(strings(lora.saved().names())));
    fields.put("ensure_weight_tying", lora.saved().ensuresTying());
    putTokens(lora.tokens(), fields);
  }

  /// The same for the base in a directory. One from the hub is called what it is called there, and
  /// its commit is the revision.
  public static AdapterConfig of(LoraConfig lora, Path base) {
    var snapshot = HubSnapshot.of(base);
    var config = of(lora, snapshot.map(HubSnapshot::repository).orElse(base.toString()));
    snapshot.ifPresent(from -> config.fields.put("revision", from.commit()));
    return config;
  }

  private static void putTokens(TrainedTokens tokens, ObjectNode fields) {
    var field = "trainable_token_indices";
    if (tokens.ids().keySet().equals(Set.of(TrainedTokens.EMBEDDING))) {
      tokens.ids().get(TrainedTokens.EMBEDDING).forEach(fields.putArray(field)::add);
    } else if (!tokens.isEmpty()) {
      var modules = fields.putObject(field);
      tokens.ids().forEach((module, ids) -> ids.forEach(modules.putArray(module)::add));
    }
  }

  private static JsonNode orNull(JsonNode array) {
    return array.isEmpty() ? JSON.nullNode() : array;
  }

  /// Every key that PEFT writes, with its default.
  private static ObjectNode defaults() {
    var fields = JSON.objectNode();
    for (var key :
        List.of(
            "alora_invocation_tokens",
            "arrow_config",
            "auto_mapping",
            "corda_config",
            "eva_config",
            "exclude_modules",
            "kasa_config",
            "layer_replication",
            "layers_pattern",
            "layers_to_transform",
            "lora_ga_config",
            "megatron_config",
            "modules_to_save",
            "monteclora_config",
            "revision",
            "target_parameters",
            "trainable_token_indices",
            "use_bdlora",
            "velora_config")) {
      fields.putNull(key);
    }
    for (var key :
        List.of("ensure_weight_tying", "fan_in_fan_out", "lora_bias", "use_dora", "use_qalora")) {
      fields.put(key, false);
    }
    fields.put("bias", "none");
    fields.put("inference_mode", true);
    fields.put("init_lora_weights", true);
    fields.putObject("loftq_config");
    fields.put("megatron_core", "megatron.core");
    fields.put("peft_type", "LORA");
    fields.put("peft_version", PEFT_VERSION);
    fields.put("qalora_group_size", 16);
    fields.put("task_type", "CAUSAL_LM");
    return fields;
  }

  private static JsonNode targets(Targets targets) {
    return switch (targets) {
      case Targets.AllLinear() -> strings(LoraConfig.allLinearNames());
      case Targets.Names(var names) -> strings(names.stream().sorted().toList());
      case Targets.Regex(var regex) -> JSON.stringNode(regex);
    };
  }

  private static JsonNode strings(Collection<String> texts) {
    var array = JSON.arrayNode();
    texts.forEach(array::add);
    return array;
  }

  private static JsonNode number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? JSON.numberNode((long) value)
        : JSON.numberNode(value);
  }

  /// Reads `adapter_config.json`.
  ///
  /// @throws CheckpointException when it is damaged
  /// @throws UsageException when it describes an adapter that Hone does not support
  public static AdapterConfig read(Path path) throws CheckpointException {
    var json = JsonFile.read(path);
    requireLora(json);
    requireSupported(json);
    try {
      return new AdapterConfig(lora(json), (ObjectNode) json.node());
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(path, e.getMessage(), e);
    }
  }

  private static void requireLora(JsonObject json) throws CheckpointException {
    var type = json.string("peft_type");
    if (type.isEmpty() && (json.has("lora_parameters") || json.has("fine_tune_type"))) {
      throw unsupported(json, "an adapter of MLX", "convert it to PEFT's format");
    }
    if (type.isEmpty()) {
      throw new CheckpointException(
          json.path(), "lacks the field peft_type; it is not an adapter that PEFT wrote");
    }
    if (!type.get().equals("LORA")) {
      throw unsupported(json, "peft_type " + type.get(), "supported: LORA");
    }
  }

  private static void requireSupported(JsonObject json) throws CheckpointException {
    for (var field : json.fields()) {
      if (REFUSED.contains(field) && !isOff(json.node().get(field))) {
        throw unsupported(json, "field " + field, "use a plain LoRA adapter of linear layers");
      }
    }
    requireValue(json, "bias", "none");
    requireValue(json, "task_type", "CAUSAL_LM");
    var init = json.node().get("init_lora_weights");
    if (init != null && init.isString() && !HARMLESS_INITS.contains(init.stringValue())) {
      throw unsupported(
          json,
          "init_lora_weights " + init.stringValue() + ", which changes the base model",
          "save it in PEFT with path_initial_model_for_weight_conversion, which makes a plain LoRA"
              + " of it");
    }
  }

  private static boolean isOff(JsonNode value) {
    return value.isNull()
        || value.isBoolean() && !value.booleanValue()
        || value.isContainer() && value.isEmpty();
  }

  private static void requireValue(JsonObject json, String field, String supported)
      throws CheckpointException {
    var value = json.string(field).orElse(supported);
    if (!value.equals(supported)) {
      throw unsupported(json, field + " " + value, "supported: " + supported);
    }
  }

  private static UsageException unsupported(JsonObject json, String what, String hint) {
    return new UsageException(
        "%s: %s is not supported yet".formatted(json.path(), what.replaceAll("\\p{Cntrl}", "?")),
        hint);
  }

  private static LoraConfig lora(JsonObject json) throws CheckpointException {
    var targets = targets(json, "target_modules").orElse(new Targets.Names(DEFAULT_TARGETS));
    return new LoraConfig(
        json.optionalInteger("r", 1, MAX_RANK).orElse(8),
        json.positive("lora_alpha", 8),
        targets,
        json.number("lora_dropout").map(Number::doubleValue).orElse(0.0),
        json.bool("use_rslora", false),
        json.bool("use_dora", false),
        ranks(json),
        alphas(json),
        targets(json, "exclude_modules"),
        layers(json, targets),
        new SavedModules(json.strings("modules_to_save"), json.bool("ensure_weight_tying", false)),
        tokens(json));
  }

  private static TrainedTokens tokens(JsonObject json) throws CheckpointException {
    var field = "trainable_token_indices";
    var value = json.node().get(field);
    if (value == null || isOff(value)) {
      return TrainedTokens.NONE;
    }
    var ids = new LinkedHashMap<String, List<Integer>>();
    if (value.isArray()) {
      ids.put(TrainedTokens.EMBEDDING, json.integers(field, 0, Integer.MAX_VALUE));
    } else {
      var modules = json.object(field).orElseThrow();
      for (var module : modules.fields()) {
        ids.put(module, modules.integers(module, 0, Integer.MAX_VALUE));
      }
    }
    return new TrainedTokens(ids);
  }

  private static Optional<Targets> targets(JsonObject json, String field)
      throws CheckpointException {
    if (!json.has(field) || isOff(json.node().get(field))) {
      return Optional.empty();
    }
    if (json.node().get(field).isArray()) {
      return Optional.of(new Targets.Names(json.strings(field)));
    }
    return json.string(field)
        .map(text ->
            text.equalsIgnoreCase(Targets.ALL_LINEAR)
                ? new Targets.AllLinear()
                : new Targets.Regex(text));
  }

  private static Map<String, Integer> ranks(JsonObject json) throws CheckpointException {
    var ranks = new LinkedHashMap<String, Integer>();
    var pattern = json.object("rank_pattern");
    if (pattern.isPresent()) {
      for (var key : pattern.get().fields()) {
        ranks.put(key, pattern.get().integer(key, 1, MAX_RANK));
      }
    }
    return ranks;
  }

  private static Map<String, Double> alphas(JsonObject json) throws CheckpointException {
    var alphas = new LinkedHashMap<String, Double>();
    var pattern = json.object("alpha_pattern");
    if (pattern.isPresent()) {
      for (var key : pattern.get().fields()) {
        alphas.put(key, pattern.get().positive(key));
      }
    }
    return alphas;
  }

  private static LayerChoice layers(JsonObject json, Targets targets) throws CheckpointException {
    var layers = json.integers("layers_to_transform", 0, MAX_LAYER);
    var patterns =
        json.has("layers_pattern") && json.node().get("layers_pattern").isString()
            ? List.of(json.string("layers_pattern").orElseThrow())
            : json.strings("layers_pattern");
    if (!layers.isEmpty() && !(targets instanceof Targets.Names)) {
      throw new CheckpointException(
          json.path(), "has layers_to_transform although target_modules is no list of names");
    }
    return new LayerChoice(
        layers, patterns.stream().filter(pattern -> !pattern.isEmpty()).toList());
  }

  /// The base model as the file calls it: a path, or a name on a hub; empty where it says none.
  public String baseModel() {
    return fields.path("base_model_name_or_path").asString("");
  }

  /// A text in JSON's quotes, which are YAML's too.
  static String quoted(String text) {
    return JSON.stringNode(text).toString();
  }

  /// The file's content: fields in alphabetical order, as PEFT writes them. Inside a field the
  /// order stays, since of `rank_pattern` the first match counts.
  public String toJson() {
    var sorted = new TreeMap<String, JsonNode>();
    fields.properties().forEach(field -> sorted.put(field.getKey(), field.getValue()));
    var ordered = JSON.objectNode();
    sorted.forEach(ordered::set);
    return JsonFile.indented(ordered);
  }
}
