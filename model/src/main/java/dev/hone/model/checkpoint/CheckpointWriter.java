package dev.hone.model.checkpoint;

import dev.hone.model.checkpoint.SafetensorsWriter.Entry;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Writes a plain Hugging Face directory, whole or not at all: the given tensors, and beside them
/// the configuration, tokenizer, chat template and licence files of the base model, byte for byte.
/// `config.json` is changed only where its dtype is no longer the one that the weights are written
/// in.
public final class CheckpointWriter {
  static final long MAX_SHARD_BYTES = 5_000_000_000L;

  private static final List<String> COPIED =
      List.of(
          "generation_config.json",
          "tokenizer.json",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "added_tokens.json",
          "tokenizer.model",
          "vocab.json",
          "merges.txt",
          "chat_template.jinja",
          "chat_template.json");
  private static final List<String> COPIED_PREFIXES = List.of("LICENSE", "NOTICE", "USE_POLICY");

  private CheckpointWriter() {}

  /// Writes the directory `out`.
  ///
  /// @param out a new or empty directory
  /// @param base the model's directory that the other files are copied from
  /// @param tensors in the order in which they are to be stored
  /// @param overwrite whether a checkpoint that stands at `out` already may be replaced; anything
  ///   else never is
  public static void write(Path out, Path base, List<Entry> tensors, boolean overwrite)
      throws CheckpointException {
    write(out, base, tensors, overwrite, MAX_SHARD_BYTES);
  }

  /// Writes a model as it is, every tensor in one type, whatever files it came from.
  public static void copy(Checkpoint model, Dtype dtype, Path out) throws CheckpointException {
    var shapes = Checkpoint.expectedTensors(model.config());
    long largest =
        shapes.values().stream()
            .mapToLong(shape -> shape.stream().reduce(1L, Math::multiplyExact))
            .max()
            .orElse(0);
    try (var arena = Arena.ofConfined()) {
      var scratch = arena.allocate(largest * Float.BYTES, 64);
      var entries = new ArrayList<Entry>();
      shapes.forEach((name, shape) -> {
        long bytes = shape.stream().reduce(1L, Math::multiplyExact) * Float.BYTES;
        entries.add(
            Entry.ofF32(
                name,
                dtype,
                shape,
                () -> {
                  var data = scratch.asSlice(0, bytes);
                  model.readF32(name, data);
                  return data;
                }));
      });
      write(out, model.dir(), entries, false);
    }
  }

  static void write(Path out, Path base, List<Entry> tensors, boolean overwrite, long maxShardBytes)
      throws CheckpointException {
    AtomicDirectory.write(
        out,
        dir -> overwrite && Files.exists(dir.resolve("config.json")),
        dir -> {
          writeConfig(base, dir, tensors);
          copyFiles(base, dir);
          var config = ModelConfig.read(dir.resolve("config.json"));
          var stored = config.form().isFused() ? fused(tensors) : tensors;
          writeWeights(dir, shards(stored, maxShardBytes));
        });
  }

  /// Puts the parts of fused matrices together, as files have them.
  private static List<Entry> fused(List<Entry> tensors) {
    var byName = new LinkedHashMap<String, Entry>();
    for (var tensor : tensors) byName.put(tensor.name(), tensor);
    for (var name : List.copyOf(byName.keySet())) {
      var stored = FusedLayer.wholeOf(name);
      var parts = FusedLayer.partsOf(stored);
      if (!parts.isEmpty() && parts.getFirst().equals(name)) {
        byName.put(stored, joined(stored, parts.stream().map(byName::remove).toList()));
      }
    }
    return List.copyOf(byName.values());
  }

  private static Entry joined(String name, List<Entry> parts) {
    var first = parts.getFirst();
    if (parts.stream().anyMatch(p -> p.source() != first.source() || p.dtype() != first.dtype())) {
      throw new IllegalArgumentException("parts of " + name + " are in different types");
    }
    long rows = parts.stream().mapToLong(p -> p.shape().getFirst()).sum();
    return new Entry(
        name,
        first.dtype(),
        List.of(rows, first.shape().getLast()),
        first.source(),
        () -> {
          // parts may be given in the same memory, one after the other
          long bytes = rows * first.shape().getLast() * first.source().bits() / Byte.SIZE;
          var whole = Arena.ofAuto().allocate(bytes, 64);
          long at = 0;
          for (var part : parts) {
            var data = part.data().get();
            MemorySegment.copy(data, 0, whole, at, data.byteSize());
            at += data.byteSize();
          }
          return whole;
        });
  }

  private static void writeConfig(Path base, Path dir, List<Entry> tensors)
      throws CheckpointException {
    var source = base.resolve("config.json");
    var json = JsonFile.read(source);
    var field = json.has("dtype") ? "dtype" : "torch_dtype";
    var written = tensors.getFirst().dtype().torchName();
    if (json.string(field).orElse("float32").equals(written)) {
      AtomicFile.write(dir.resolve("config.json"), ModelFile.read(source, Integer.MAX_VALUE));
    } else {
      var changed = ((ObjectNode) json.node()).put(field, written);
      JsonFile.write(dir.resolve("config.json"), changed);
    }
  }

  private static void copyFiles(Path base, Path dir) throws IOException {
    if (ModelFile.isGguf(base)) {
      for (var name : ModelFile.told()) {
        if (COPIED.contains(name)) {
          AtomicFile.write(
              dir.resolve(name), ModelFile.read(base.resolve(name), Integer.MAX_VALUE));
        }
      }
      return;
    }
    try (var files = Files.list(base)) {
      for (var file : files.sorted().filter(CheckpointWriter::isCopied).toList()) {
        AtomicFile.copy(file, dir.resolve(file.getFileName()));
      }
    }
  }

  private static boolean isCopied(Path file) {
    var name = file.getFileName().toString();
    return Files.isRegularFile(file)
        && (COPIED.contains(name) || COPIED_PREFIXES.stream().anyMatch(name::startsWith));
  }

  /// Consecutive tensors together, until the next one would make a shard larger than `maxBytes`.
  private static List<List<Entry>> shards(List<Entry> tensors, long maxBytes) {
    var shards = new ArrayList<List<Entry>>();
    long used = 0;
    for (var tensor : tensors) {
      if (shards.isEmpty() || used + tensor.byteSize() > maxBytes) {
        shards.add(new ArrayList<>());
        used = 0;
      }
      shards.getLast().add(tensor);
      used += tensor.byteSize();
    }
    return shards;
  }

  private static void writeWeights(Path dir, List<List<Entry>> shards) throws CheckpointException {
    if (shards.size() == 1) {
      SafetensorsWriter.write(
          dir.resolve("model.safetensors"), shards.getFirst(), SafetensorsWriter.PYTORCH);
      return;
    }
    var index = JsonNodeFactory.instance.objectNode();
    long total =
        shards.stream().flatMap(List::stream).collect(Collectors.summingLong(Entry::byteSize));
    index.putObject("metadata").put("total_size", total);
    var weightMap = index.putObject("weight_map");
    for (int i = 0; i < shards.size(); i++) {
      var name = "model-%05d-of-%05d.safetensors".formatted(i + 1, shards.size());
      SafetensorsWriter.write(dir.resolve(name), shards.get(i), SafetensorsWriter.PYTORCH);
      for (var entry : shards.get(i)) weightMap.put(entry.name(), name);
    }
    JsonFile.write(dir.resolve("model.safetensors.index.json"), index);
  }
}
