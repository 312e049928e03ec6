package dev.hone.cli;

import dev.hone.model.UsageException;
import dev.hone.model.adapter.AdapterConfig;
import dev.hone.model.adapter.PeftAdapter;
import dev.hone.model.adapter.Proof;
import dev.hone.model.adapter.Provenance;
import dev.hone.model.adapter.Targets;
import dev.hone.model.checkpoint.Checkpoint;
import dev.hone.model.checkpoint.JsonFile;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.checkpoint.ModelFile;
import dev.hone.model.checkpoint.SafetensorsFile;
import dev.hone.model.checkpoint.TensorInfo;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// What a directory holds, found out from headers and settings alone.
final class Inspection {
  private static final String SUMMARY = "summary.json";
  private static final String ADAPTER_WEIGHTS = "adapter_model.safetensors";

  private Inspection() {}

  /// @throws UsageException when it holds nothing that Hone knows
  static Facts of(Path dir) throws IOException {
    var facts = new Facts();
    if (PeftAdapter.isAdapter(dir)) {
      addAdapter(dir, facts);
    } else if (ModelFile.exists(dir.resolve("config.json"))) {
      addModel(dir, facts);
    } else if (isRun(dir)) {
      addRun(dir, facts);
    } else {
      throw new UsageException(
          dir
              + (Files.isDirectory(dir)
                  ? ": holds no model, adapter or run"
                  : Files.exists(dir) ? ": is no GGUF file" : ": no such directory"),
          "give a directory with config.json, adapter_config.json or summary.json in it, or a GGUF"
              + " file");
    }
    return facts;
  }

  private static boolean isRun(Path dir) {
    return Files.exists(dir.resolve(SUMMARY)) || Files.exists(dir.resolve("run.json"));
  }

  private static void addModel(Path dir, Facts facts) throws IOException {
    try (var arena = Arena.ofConfined()) {
      var checkpoint = Checkpoint.open(dir, arena);
      var family = checkpoint.config().form().family();
      facts.add("kind", "kind", "model").add("architecture", "architecture", family);
      facts.add(
          "parameters",
          "parameters",
          checkpoint.parameters(),
          Numbers.parameters(checkpoint.parameters()));
      addStorage(checkpoint.tensors(), facts);
      addShape(checkpoint.config(), facts);
      addText(dir, checkpoint.config(), facts);
      addRun(dir, facts);
      addTensors(checkpoint.tensors(), facts);
    }
  }

  private static void addShape(ModelConfig c, Facts facts) {
    facts.count("context", "context, tokens", c.maxPositionEmbeddings());
    facts.count("layers", "layers", c.numLayers());
    facts.count("hidden_size", "hidden size", c.hiddenSize());
    facts.count("intermediate_size", "MLP size", c.intermediateSize());
    facts.jsonOnly("heads", c.numHeads()).jsonOnly("kv_heads", c.numKvHeads());
    facts.add(
        "head_dim",
        "attention",
        c.headDim(),
        "%d heads, %d for keys and values, %d wide"
            .formatted(c.numHeads(), c.numKvHeads(), c.headDim()));
    facts.add("rope_theta", "rotary base", c.ropeTheta(), Numbers.real(c.ropeTheta()));
    facts.add(
        "tied",
        "output head",
        c.tieWordEmbeddings(),
        c.tieWordEmbeddings() ? "tied to the embedding" : "its own");
  }

  private static void addText(Path dir, ModelConfig config, Facts facts) throws IOException {
    facts.count("vocabulary", "vocabulary", config.vocabSize());
    facts.add("tokenizer", "tokenizer", present(dir.resolve("tokenizer.json")), tokenizer(dir));
    boolean hasTemplate = hasTemplate(dir);
    facts.add(
        "chat_template",
        "chat template",
        hasTemplate,
        hasTemplate ? "yes" : "no: the plain format is used");
  }

  private static String tokenizer(Path dir) throws IOException {
    var file = JsonFile.readIfPresent(dir.resolve("tokenizer.json"));
    return file.map(json -> json.node().path("model").path("type").asString("of unknown kind"))
        .orElse("missing");
  }

  private static boolean hasTemplate(Path dir) throws IOException {
    var config = JsonFile.readIfPresent(dir.resolve("tokenizer_config.json"));
    return present(dir.resolve("chat_template.jinja"))
        || config.isPresent() && config.get().has("chat_template");
  }

  private static boolean present(Path file) {
    return ModelFile.exists(file);
  }

  private static void addAdapter(Path dir, Facts facts) throws IOException {
    var config = AdapterConfig.read(dir.resolve(AdapterConfig.FILE));
    var lora = config.lora();
    facts.add("kind", "kind", "adapter (LoRA)").add("base", "base", config.baseModel());
    facts.count("rank", "rank", lora.rank());
    lora.rankPattern()
        .forEach((name, rank) -> facts.count("rank_" + name, "rank of " + name, rank));
    facts.add(
        "alpha",
        "alpha",
        lora.alpha(),
        Numbers.real(lora.alpha()) + (lora.useRslora() ? " (rsLoRA)" : ""));
    facts.add("targets", "targets", targets(lora.targets()));
    lora.tokens()
        .ids()
        .forEach(
            (name, ids) -> facts.count("tokens_" + name, "rows of tokens in " + name, ids.size()));
    var trained = Provenance.read(dir).map(provenance -> provenance.baseDtype().label());
    trained.ifPresent(dtype -> facts.add("base_dtype", "base kept in", dtype));
    boolean isProven = present(dir.resolve(Proof.FILE));
    facts.add(
        "proof",
        "proof vectors",
        isProven,
        isProven ? "present; replayed whenever it is loaded" : "none");
    try (var arena = Arena.ofConfined()) {
      var tensors = SafetensorsFile.open(dir.resolve(ADAPTER_WEIGHTS), arena).tensors().values();
      long parameters = tensors.stream().mapToLong(TensorInfo::elements).sum();
      facts.add("parameters", "parameters", parameters, Numbers.parameters(parameters));
      addStorage(tensors, facts);
      addRun(dir, facts);
      addTensors(tensors, facts);
    }
  }

  private static String targets(Targets targets) {
    return switch (targets) {
      case Targets.AllLinear() -> Targets.ALL_LINEAR;
      case Targets.Names(var names) -> String.join(", ", names);
      case Targets.Regex(var regex) -> "modules that match " + regex;
    };
  }

  private static void addStorage(Collection<TensorInfo> tensors, Facts facts) {
    var types = tensors.stream().map(TensorInfo::type).distinct().sorted().toList();
    long bytes = tensors.stream().mapToLong(TensorInfo::byteSize).sum();
    facts.add("dtype", "stored in", types, String.join(", ", types));
    facts.add("bytes", "size", bytes, Numbers.bytes(bytes));
  }

  /// Tensors that differ in a layer's number only stand on one line.
  private static void addTensors(Collection<TensorInfo> tensors, Facts facts) {
    var groups =
        tensors.stream()
            .collect(
                Collectors.groupingBy(Inspection::group, LinkedHashMap::new, Collectors.toList()));
    facts.jsonOnly("tensors", tensors.stream().map(Inspection::values).toList());
    facts.section(Numbers.count(tensors.size(), "tensor"));
    groups.forEach((name, group) -> facts.shownOnly("  " + name, shape(group)));
  }

  private static String group(TensorInfo info) {
    return info.name().replaceAll("\\.\\d+\\.", ".*.");
  }

  private static String shape(List<TensorInfo> group) {
    var shapes =
        group.stream()
            .map(info -> info.shape() + " " + info.type())
            .distinct()
            .collect(Collectors.joining(", "));
    return group.size() == 1 ? shapes : "%d × %s".formatted(group.size(), shapes);
  }

  private static Map<String, Object> values(TensorInfo info) {
    var values = new LinkedHashMap<String, Object>();
    values.put("name", info.name());
    values.put("dtype", info.type());
    values.put("shape", info.shape());
    return values;
  }

  private static void addRun(Path dir, Facts facts) throws IOException {
    if (!isRun(dir)) {
      return;
    }
    var summary = JsonFile.readIfPresent(dir.resolve(SUMMARY));
    if (summary.isEmpty()) {
      facts.add("run", "run", "unfinished", "begun and not finished; hone tune … --resume goes on");
      return;
    }
    var node = summary.get().node();
    facts.add(
        "run",
        "run",
        node,
        "%s of %s, %s in %s"
            .formatted(
                node.path("method").asString("?"),
                node.path("base").asString("?"),
                Numbers.count(node.path("steps").asLong(0), "step"),
                Numbers.duration(node.path("wall_seconds").asDouble(0))));
    facts.shownOnly("held-out loss", change(node, "held_out_loss"));
    facts.shownOnly("probe, bits per byte", change(node, "probe_bits_per_byte"));
    facts.shownOnly("learned", Numbers.count(node.path("trained_tokens").asLong(0), "token"));
  }

  private static String change(JsonNode summary, String name) {
    double before = summary.path(name + "_before").asDouble(Double.NaN);
    double after = summary.path(name + "_after").asDouble(Double.NaN);
    return "%s before, %s after".formatted(Numbers.loss(before), Numbers.loss(after));
  }
}
