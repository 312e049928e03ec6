package dev.hone.model.checkpoint;

import dev.hone.model.UsageException;
import dev.hone.tensor.BlockMatrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A model's directory as Hugging Face lays it out, opened and checked: its configuration is one
/// that Hone supports, and every tensor that it needs is there in the right shape and a readable
/// dtype. Weights are mapped, not read.
///
/// Tied weights may be stored under either name, or under one with the other as an alias in the
/// file's metadata; both names then answer with the same tensor. The mapping lives as long as the
/// arena that [#open] receives.
public final class Checkpoint {
  private final Path dir;
  private final ModelConfig config;
  private final GenerationConfig generation;
  private final Weights weights;

  private Checkpoint(Path dir, ModelConfig config, GenerationConfig generation, Weights weights) {
    this.dir = dir;
    this.config = config;
    this.generation = generation;
    this.weights = weights;
  }

  /// Opens the directory `dir`, or the GGUF file that stands in its place, and maps its weights
  /// into `arena`.
  ///
  /// @throws CheckpointException when a file is missing, damaged or does not fit the others
  /// @throws UsageException when `dir` is no such directory, or what it holds is not supported
  public static Checkpoint open(Path dir, Arena arena) throws CheckpointException {
    var configJson = requireConfig(dir);
    var config = ModelConfig.read(configJson);
    var generation = readGeneration(dir, config);
    var weights = Weights.open(dir, config, arena).check(config);
    return new Checkpoint(dir, config, generation, weights);
  }

  private static Path requireConfig(Path dir) {
    if (!Files.isDirectory(dir) && !ModelFile.isGguf(dir)) {
      throw new UsageException(
          Quoted.oneLine(
              dir
                  + (Files.exists(dir)
                      ? ": no directory and no GGUF file"
                      : ": no such directory")),
          "give the directory of a Hugging Face model, the one with config.json in it, or a GGUF"
              + " file");
    }
    var configJson = dir.resolve("config.json");
    if (!ModelFile.exists(configJson)) {
      throw new UsageException(
          Quoted.oneLine(dir + ": has no config.json"),
          "give the directory of a Hugging Face model, the one with config.json in it");
    }
    return configJson;
  }

  private static GenerationConfig readGeneration(Path dir, ModelConfig config)
      throws CheckpointException {
    var json = JsonFile.readIfPresent(dir.resolve("generation_config.json"));
    return json.isPresent()
        ? GenerationConfig.parse(json.get(), config.vocabSize())
        : GenerationConfig.ABSENT;
  }

  public Path dir() {
    return dir;
  }

  public ModelConfig config() {
    return config;
  }

  /// What `generation_config.json` says; empty fields where there is none.
  public GenerationConfig generation() {
    return generation;
  }

  /// Ids that end a generation: those of `generation_config.json`, else those of `config.json`.
  public List<Integer> eosTokenIds() {
    return generation.eosTokenIds().isEmpty() ? config.eosTokenIds() : generation.eosTokenIds();
  }

  /// The tensors that a model of this configuration needs: shape by name, in the order of the
  /// computation.
  public static Map<String, List<Long>> expectedTensors(ModelConfig config) {
    return DecoderTensorNames.of(config);
  }

  /// The tensors as stored, in the order of the files.
  public List<TensorInfo> tensors() {
    return weights.stored();
  }

  /// How many parameters the model has; tied ones count once.
  public long parameters() {
    return expectedTensors(config).keySet().stream()
        .mapToLong(name -> weights.info(name).elements())
        .sum();
  }

  /// What is stored of the tensor `name`, under that name or a tied one's; empty where the
  /// checkpoint lacks it.
  public Optional<TensorInfo> tensor(String name) {
    return weights.find(name);
  }

  /// A view of a tensor's bytes as stored; read-only. See [SafetensorsFile#raw].
  public MemorySegment raw(String name) {
    return weights.fileOf(name).raw(weights.storedName(name));
  }

  /// Whether [#raw] is the tensor, row after row, in the type that is said of it.
  public boolean isPlain(String name) {
    return weights.fileOf(name).isPlain(weights.storedName(name));
  }

  /// A matrix that is kept in blocks, as it is, in the mapped file.
  public Optional<BlockMatrix> blocks(String name) {
    return weights.fileOf(name).blocks(weights.storedName(name));
  }

  /// Whether the model of a directory, or of a GGUF file, has any matrix in blocks.
  public static boolean isQuantized(Path dir) throws CheckpointException {
    if (!ModelFile.isGguf(dir)) return false;
    try (var arena = Arena.ofConfined()) {
      return open(dir, arena).isQuantized();
    }
  }

  /// Whether any matrix is kept in blocks.
  public boolean isQuantized() {
    return weights.stored().stream().anyMatch(info -> info.blocks().isPresent());
  }

  /// Whether [#raw] can be computed with as it is. See [SafetensorsFile#isF32Mapped].
  public boolean isF32Mapped(String name) {
    return weights.fileOf(name).isF32Mapped(weights.storedName(name));
  }

  /// Copies a tensor into `dst` as f32. See [SafetensorsFile#readF32].
  public void readF32(String name, MemorySegment dst) throws CheckpointException {
    long bytes = weights.info(name).elements() * Float.BYTES;
    if (dst.byteSize() != bytes) {
      throw new IllegalArgumentException(
          "readF32 %s: destination has %d bytes, it needs %d"
              .formatted(name, dst.byteSize(), bytes));
    }
    readF32(name, 0, dst);
  }

  /// Copies as many elements as fit `dst`, from element `from` of a tensor on, as f32.
  public void readF32(String name, long from, MemorySegment dst) throws CheckpointException {
    weights.fileOf(name).readF32(weights.storedName(name), from, dst);
  }

  /// Gives memory back that the system holds a tensor's bytes in, once they were copied: else they
  /// would count twice in the process. They can be read again.
  public void unload(String name) {
    raw(name).unload();
  }

  /// What identifies this base model, so that an adapter can tell whether it belongs to it. See
  /// [Fingerprint].
  public String fingerprint() throws CheckpointException {
    return Fingerprint.of(dir.resolve("config.json"), weights);
  }
}
