package dev.hone.model.adapter;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.AtomicDirectory;
import dev.hone.model.checkpoint.AtomicFile;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.checkpoint.Dtype;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.checkpoint.SafetensorsFile;
import dev.hone.model.checkpoint.SafetensorsWriter;
import dev.hone.model.checkpoint.SafetensorsWriter.Entry;
import dev.hone.model.decoder.AdapterShape;
import dev.hone.model.decoder.Decoder;
import dev.hone.model.decoder.Parameter;
import dev.hone.model.decoder.ParameterSet;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.ArenaAllocator;
import dev.hone.tensor.Tensor;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A LoRA adapter in PEFT's layout: `adapter_config.json`, `adapter_model.safetensors`,
/// `README.md`.
///
/// @param config what `adapter_config.json` says
/// @param shape which modules of the base it changes, with rank and scale; as the decoder has them,
///   but for [#asStored]
/// @param parameters its weights, named as [AdapterShape#parameters] lists them
public record PeftAdapter(AdapterConfig config, AdapterShape shape, ParameterSet parameters) {
  private static final String WEIGHTS = "adapter_model.safetensors";
  private static final String PREFIX = "base_model.model.";

  /// Reads the directory `dir`; its weights are copied, nothing stays open.
  ///
  /// @param model the base that it is to be used with
  /// @param memory where the weights go
  /// @throws CheckpointException when a file is missing, damaged or does not fit the base
  /// @throws UsageException when `dir` is no adapter, or not one that Hone supports
  public static PeftAdapter read(Path dir, ModelConfig model, Allocator memory)
      throws CheckpointException {
    var config = config(dir);
    var shape = config.lora().shapeAsPeft(model);
    var path = requireWeights(dir);
    try (var arena = Arena.ofConfined()) {
      var stored = new StoredWeights(SafetensorsFile.open(path, arena));
      if (!model.form().isFused()) {
        return new PeftAdapter(config, shape, stored.read(shape.parameters(model), memory));
      }
      var whole = stored.read(FusedForm.parameters(shape, model), new ArenaAllocator(arena));
      return FusedForm.parted(new PeftAdapter(config, shape, whole), model, memory);
    }
  }

  /// What an adapter's directory says of it.
  ///
  /// @throws UsageException when `dir` is no adapter, or not one that Hone supports
  public static AdapterConfig config(Path dir) throws CheckpointException {
    return AdapterConfig.read(requireConfig(dir));
  }

  /// As files have it: of the modules that the base's files have. This itself, unless those are
  /// fused.
  ///
  /// @param base what it belongs to
  /// @param memory for the parameters, where they are other ones
  public PeftAdapter asStored(Decoder base, Allocator memory) {
    return base.config().form().isFused() ? FusedForm.joined(this, base, memory) : this;
  }

  /// The largest rank of a module in its files.
  public int storedRank(ModelConfig model) {
    return config.lora().shapeAsPeft(model).modules().values().stream()
        .mapToInt(AdapterShape.Module::rank)
        .max()
        .orElse(0);
  }

  /// A decoder with this adapter.
  ///
  /// @param memory for what is worked out of the adapter's weights
  public Decoder on(Decoder base, Allocator memory) {
    return base.withAdapter(shape, parameters, memory);
  }

  /// The plain adapter of twice the rank that does what this one does beyond `start`: `A` over the
  /// start's `A`, `B` beside the start's `−B`. So an adapter whose start was taken out of the base
  /// fits the base as it is; PEFT converts the same way.
  ///
  /// @param start the `A` and `B` that it began with
  public PeftAdapter minus(ParameterSet start, Allocator memory) {
    var lora = config.lora().doubled();
    var doubled = shape.doubled();
    var into = parameters.parameters().stream().map(PeftAdapter::doubled).toList();
    var set = ParameterSet.allocate(memory, "adapter", into);
    for (var p : parameters.parameters()) {
      var own = parameters.get(p.name());
      var joined = set.get(p.name());
      start
          .find(p.name())
          .ifPresentOrElse(
              begun -> join(own, begun, joined), () -> joined.copyFrom(own, own.rows()));
    }
    return new PeftAdapter(config.with(lora), doubled, set);
  }

  private static Parameter doubled(Parameter p) {
    if (p.name().endsWith(".lora_A.weight")) {
      return Parameter.matrix(p.name(), 2 * p.rows(), p.cols());
    }
    return p.name().endsWith(".lora_B.weight")
        ? Parameter.matrix(p.name(), p.rows(), 2 * p.cols())
        : p;
  }

  private static void join(Tensor own, Tensor start, Tensor into) {
    if (own.cols() == into.cols()) {
      into.copyFrom(own, own.rows());
      into.rows(own.rows(), into.rows()).copyFrom(start, start.rows());
    } else {
      for (int r = 0; r < own.rows(); r++) {
        for (int c = 0; c < own.cols(); c++) {
          into.set(r, c, own.get(r, c));
          into.set(r, own.cols() + c, -start.get(r, c));
        }
      }
    }
  }

  /// Whether `dir` holds an adapter, and not a model.
  public static boolean isAdapter(Path dir) {
    return Files.exists(dir.resolve(AdapterConfig.FILE))
        && Files.notExists(dir.resolve("config.json"));
  }

  private static Path requireConfig(Path dir) {
    var path = dir.resolve(AdapterConfig.FILE);
    if (!Files.isDirectory(dir)) {
      throw new UsageException(dir + ": no such directory", "give the directory of an adapter");
    }
    if (Files.exists(path)) {
      return path;
    }
    if (Files.exists(dir.resolve("config.json"))) {
      throw new UsageException(dir + ": is a model, not an adapter", "pass it with --base");
    }
    throw new UsageException(
        dir + ": has no " + AdapterConfig.FILE,
        "give the directory of an adapter, the one with that file in it");
  }

  private static Path requireWeights(Path dir) throws CheckpointException {
    var path = dir.resolve(WEIGHTS);
    if (Files.exists(path)) {
      return path;
    }
    if (Files.exists(dir.resolve("adapter_model.bin"))) {
      throw new UsageException(
          dir + ": holds only adapter_model.bin, a format that runs code when read",
          "save it as safetensors (PEFT: save_pretrained)");
    }
    throw new CheckpointException(path, "is missing; the adapter's directory is incomplete");
  }

  /// An adapter's file of weights, while it is checked and read.
  private record StoredWeights(SafetensorsFile file) {
    private static final int SHOWN = 3;

    ParameterSet read(List<Parameter> expected, Allocator memory) throws CheckpointException {
      refuseUnsupported();
      requireShapes(expected);
      refuseLeftOver(expected);
      var parameters = ParameterSet.allocate(memory, "adapter", expected);
      for (var parameter : expected) {
        file.readF32(PREFIX + parameter.name(), parameters.get(parameter.name()).data());
        requireFinite(parameter.name(), parameters.get(parameter.name()).toArray());
      }
      requireSameHead(parameters);
      return parameters;
    }

    private void refuseUnsupported() {
      for (var name : file.names()) {
        if (name.endsWith(".lora_a") || name.endsWith(".lora_b")) {
          throw unsupported(
              "an adapter of MLX (tensor %s)".formatted(shown(name)),
              "convert it to PEFT's format");
        }
        if (name.contains("lora_embedding_") || name.contains("lm_head.lora_")) {
          throw unsupported(
              "an adapter on the embedding or the head (tensor %s)".formatted(shown(name)),
              "use one on linear layers of the blocks alone");
        }
      }
    }

    private UsageException unsupported(String what, String hint) {
      return new UsageException("%s: %s is not supported yet".formatted(file.path(), what), hint);
    }

    private void requireShapes(List<Parameter> expected) throws CheckpointException {
      for (var parameter : expected) {
        var name = PREFIX + parameter.name();
        var info = file.tensors().get(name);
        if (info == null) {
          throw broken("lacks the tensor %s, which adapter_config.json calls for".formatted(name));
        }
        var shape = Arrays.stream(parameter.shape()).boxed().toList();
        if (!info.shape().equals(shape)) {
          throw broken(
              "tensor %s has the shape %s where adapter_config.json and the base model call for %s; the adapter"
                      .formatted(name, info.shape(), shape)
                  + " may belong to another base");
        }
      }
    }

    private void refuseLeftOver(List<Parameter> expected) throws CheckpointException {
      var known =
          expected.stream().map(parameter -> PREFIX + parameter.name()).collect(Collectors.toSet());
      var leftOver =
          file.names().stream()
              .filter(name -> !known.contains(name) && !isTiedHead(name, known))
              .toList();
      if (!leftOver.isEmpty()) {
        var first =
            leftOver.stream()
                .limit(SHOWN)
                .map(StoredWeights::shown)
                .collect(Collectors.joining(", "));
        throw broken(
            "has %d tensors that adapter_config.json and the base model do not call for: %s%s"
                .formatted(leftOver.size(), first, leftOver.size() > SHOWN ? ", …" : ""));
      }
    }

    /// PEFT stores a head that is the embedding twice.
    private static boolean isTiedHead(String name, Set<String> known) {
      return name.equals(PREFIX + SavedModules.HEAD)
          && known.contains(PREFIX + SavedModules.EMBEDDING);
    }

    private void requireSameHead(ParameterSet parameters) throws CheckpointException {
      var name = PREFIX + SavedModules.HEAD;
      var embedding = parameters.find(SavedModules.EMBEDDING);
      if (embedding.isEmpty()
          || parameters.find(SavedModules.HEAD).isPresent()
          || !file.names().contains(name)) {
        return;
      }
      if (file.raw(name).mismatch(file.raw(PREFIX + SavedModules.EMBEDDING)) != -1) {
        throw broken("has a head that is not its embedding, although the base's is");
      }
    }

    private void requireFinite(String name, float[] values) throws CheckpointException {
      for (int i = 0; i < values.length; i++) {
        if (!Float.isFinite(values[i])) {
          throw broken(
              "tensor %s has the value %s at element %d; its training has diverged, train it again with a lower"
                      .formatted(PREFIX + name, values[i], i)
                  + " learning rate");
        }
      }
    }

    private CheckpointException broken(String what) {
      return new CheckpointException(file.path(), what);
    }

    private static String shown(String name) {
      return name.length() <= 120 ? name : name.substring(0, 120) + "…";
    }
  }

  /// Writes a whole adapter directory, whole or not at all; the same adapter gives the same bytes.
  ///
  /// @param out a new or empty directory
  /// @param card the text of `README.md`
  /// @param base what it belongs to
  /// @param overwrite whether an adapter that stands at `out` already may be replaced; anything
  ///   else never is
  /// @throws UsageException when something else stands at `out`
  public void write(
      Path out, String card, Provenance provenance, Proof proof, Decoder base, boolean overwrite)
      throws CheckpointException {
    AtomicDirectory.write(
        out,
        dir -> overwrite && isAdapter(dir),
        dir -> writeInto(dir, card, provenance, proof, base));
  }

  /// Writes the files into a directory that may hold others, each one whole or not at all,
  /// `adapter_config.json` last.
  ///
  /// @param base what it belongs to
  public void writeInto(Path dir, String card, Provenance provenance, Proof proof, Decoder base)
      throws CheckpointException {
    provenance.write(dir);
    proof.write(dir);
    writeInto(dir, card, base);
  }

  /// Writes PEFT's files alone.
  void writeInto(Path dir, String card, Decoder base) throws CheckpointException {
    try (var arena = Arena.ofConfined()) {
      asStored(base, new ArenaAllocator(arena)).writeAsItIs(dir, card);
    }
  }

  private void writeAsItIs(Path dir, String card) throws CheckpointException {
    AtomicFile.write(dir.resolve("README.md"), modelCard(card));
    SafetensorsWriter.write(dir.resolve(WEIGHTS), entries(), SafetensorsWriter.PYTORCH);
    AtomicFile.write(dir.resolve(AdapterConfig.FILE), config.toJson());
  }

  /// In the order that PEFT's files have: by name.
  private List<Entry> entries() {
    var stored = parameters.parameters().stream().map(p -> entry(p, p.name()));
    boolean isHeadTied =
        config.lora().saved().ensuresTying() && parameters.find(SavedModules.HEAD).isEmpty();
    var again =
        parameters.parameters().stream()
            .filter(p -> isHeadTied && p.name().equals(SavedModules.EMBEDDING))
            .map(p -> entry(p, SavedModules.HEAD));
    return Stream.concat(stored, again).sorted(Comparator.comparing(Entry::name)).toList();
  }

  private Entry entry(Parameter parameter, String name) {
    var shape = Arrays.stream(parameter.shape()).boxed().toList();
    var data = parameters.get(parameter.name()).data();
    return Entry.ofF32(PREFIX + name, Dtype.F32, shape, () -> data);
  }

  private String modelCard(String text) {
    return """
    ---
    base_model: %s
    library_name: peft
    pipeline_tag: text-generation
    tags:
    - lora
    ---

    %s
    """
        .formatted(AdapterConfig.quoted(config.baseModel()), text.strip());
  }
}
