package dev.hone.model.checkpoint;

import dev.hone.model.UsageException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The tensors of a directory, over one file or many shards, with names that stand for another
/// tensor resolved.
///
/// @param dir for messages
/// @param files the file of each stored tensor, in the order of the files
/// @param aliases names that are not stored but mean a tensor that is
record Weights(Path dir, Map<String, TensorFile> files, Map<String, String> aliases) {
  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";
  private static final String INCOMPLETE = "; the download may be incomplete";

  static Weights open(Path dir, ModelConfig config, Arena arena) throws CheckpointException {
    var stored = open(dir, arena, config);
    return config.form().isFused() ? stored.parted(config) : stored;
  }

  /// With the parts of fused matrices in their place.
  private Weights parted(ModelConfig config) {
    var byFile = new LinkedHashMap<TensorFile, TensorFile>();
    var parted = new LinkedHashMap<String, TensorFile>();
    for (var file : files.values()) byFile.computeIfAbsent(file, f -> new FusedFile(f, config));
    for (var file : byFile.values()) {
      for (var name : file.names()) parted.put(name, file);
    }
    return new Weights(dir, parted, aliases);
  }

  private static Weights open(Path dir, Arena arena, ModelConfig config)
      throws CheckpointException {
    if (ModelFile.isGguf(dir)) {
      return single(dir, GgufTensors.of(GgufFile.open(dir, arena), config));
    }
    // A link that cannot be followed neither exists nor doesn't; opening it says why.
    if (!Files.notExists(dir.resolve(SINGLE)))
      return single(dir, SafetensorsFile.open(dir.resolve(SINGLE), arena));
    if (!Files.notExists(dir.resolve(INDEX)))
      return sharded(dir, JsonFile.read(dir.resolve(INDEX)), arena);
    throw noWeights(dir);
  }

  private static RuntimeException noWeights(Path dir) {
    if (Files.exists(dir.resolve("pytorch_model.bin"))
        || Files.exists(dir.resolve("pytorch_model.bin.index.json"))) {
      return new UsageException(
          Quoted.oneLine(dir + ": holds only pytorch_model.bin, a format that runs code when read"),
          "convert it to safetensors (transformers: save_pretrained) or get a copy that has"
              + " model.safetensors");
    }
    return new UsageException(
        Quoted.oneLine(dir + ": has neither " + SINGLE + " nor " + INDEX),
        "give the directory of a Hugging Face model with its weights; the download may be"
            + " incomplete");
  }

  private static Weights single(Path dir, TensorFile file) {
    var files = new LinkedHashMap<String, TensorFile>();
    for (var name : file.names()) files.put(name, file);
    return new Weights(dir, files, aliases(files, List.of(file)));
  }

  private static Weights sharded(Path dir, JsonObject index, Arena arena)
      throws CheckpointException {
    var map =
        index
            .object("weight_map")
            .orElseThrow(() ->
                new CheckpointException(index.path(), "lacks the field weight_map" + INCOMPLETE));
    var shards = new LinkedHashMap<String, SafetensorsFile>();
    var files = new LinkedHashMap<String, TensorFile>();
    for (var tensor : map.fields()) {
      var shard = shard(dir, map, tensor, shards, arena);
      if (!shard.names().contains(tensor)) {
        throw new CheckpointException(
            shard.path(),
            "lacks the tensor %s, which %s places there".formatted(Quoted.of(tensor), INDEX)
                + INCOMPLETE);
      }
      files.put(tensor, shard);
    }
    requireAllMapped(index.path(), shards, files);
    return new Weights(dir, files, aliases(files, List.copyOf(shards.values())));
  }

  private static SafetensorsFile shard(
      Path dir, JsonObject map, String tensor, Map<String, SafetensorsFile> shards, Arena arena)
      throws CheckpointException {
    var name =
        map.string(tensor)
            .orElseThrow(() -> map.wrong(tensor, map.node().get(tensor), "a file name"));
    var known = shards.get(name);
    if (known != null) return known;
    if (!name.matches("[A-Za-z0-9_][A-Za-z0-9_.-]*")) {
      throw map.wrong(tensor, map.node().get(tensor), "the plain name of a file beside it");
    }
    var path = dir.resolve(name);
    if (Files.notExists(path)) {
      throw new CheckpointException(
          path,
          "is missing; %s places the tensor %s there".formatted(INDEX, Quoted.of(tensor))
              + INCOMPLETE);
    }
    var opened = SafetensorsFile.open(path, arena);
    shards.put(name, opened);
    return opened;
  }

  private static void requireAllMapped(
      Path index, Map<String, SafetensorsFile> shards, Map<String, TensorFile> files)
      throws CheckpointException {
    for (var shard : shards.values()) {
      for (var name : shard.names()) {
        if (files.get(name) != shard) {
          throw new CheckpointException(
              index,
              "does not place the tensor %s in %s, where it is stored"
                  .formatted(Quoted.of(name), shard.path().getFileName()));
        }
      }
    }
  }

  /// Metadata entries `"name": "stored name"`: safetensors' way to note that two names shared one
  /// tensor when saved.
  private static Map<String, String> aliases(
      Map<String, TensorFile> files, List<? extends TensorFile> opened) {
    var aliases = new LinkedHashMap<String, String>();
    for (var file : opened) {
      file.metadata()
          .forEach((name, stored) -> {
            if (!files.containsKey(name) && files.containsKey(stored)) aliases.put(name, stored);
          });
    }
    return aliases;
  }

  /// Refuses what does not fit `config`; with tied weights, both names resolve in the result.
  Weights check(ModelConfig config) throws CheckpointException {
    var tied = config.tieWordEmbeddings() ? tied() : this;
    var expected = DecoderTensorNames.of(config);
    for (var entry : expected.entrySet()) tied.requireTensor(entry.getKey(), entry.getValue());
    for (var stored : files.keySet()) tied.requireExpected(stored, expected);
    return tied;
  }

  private Weights tied() throws CheckpointException {
    var both = new LinkedHashMap<>(aliases);
    var embedding = find(DecoderTensorNames.EMBEDDING);
    var head = find(DecoderTensorNames.HEAD);
    if (files.containsKey(DecoderTensorNames.EMBEDDING)
        && files.containsKey(DecoderTensorNames.HEAD)) {
      requireEqual(DecoderTensorNames.EMBEDDING, DecoderTensorNames.HEAD);
    } else if (embedding.isEmpty() && head.isPresent()) {
      both.put(DecoderTensorNames.EMBEDDING, head.get().name());
    } else if (head.isEmpty() && embedding.isPresent()) {
      both.put(DecoderTensorNames.HEAD, embedding.get().name());
    }
    return new Weights(dir, files, both);
  }

  private void requireEqual(String first, String second) throws CheckpointException {
    if (raw(first).mismatch(raw(second)) >= 0) {
      throw new CheckpointException(
          fileOf(second).path(),
          ("%s and %s differ, although tie_word_embeddings in"
                  + " config.json says that they are one; set it to false if they are two")
              .formatted(first, second));
    }
  }

  private void requireTensor(String name, List<Long> shape) throws CheckpointException {
    var info =
        find(name)
            .orElseThrow(() ->
                new CheckpointException(
                    dir,
                    "lacks the tensor %s of shape %s, which".formatted(Quoted.of(name), shape)
                        + " config.json calls for"
                        + INCOMPLETE));
    if (!info.shape().equals(shape)) {
      throw new CheckpointException(
          fileOf(name).path(),
          "tensor %s has the shape %s where config.json calls for %s"
                  .formatted(Quoted.of(name), info.shape(), shape)
              + "; the two files may belong to different models");
    }
    if (!info.dtype().isReadable()) {
      throw new UsageException(
          Quoted.oneLine("%s: tensor %s is %s".formatted(fileOf(name).path(), name, info.dtype())),
          "use an unquantised checkpoint: F32, F16 or BF16");
    }
  }

  private void requireExpected(String stored, Map<String, List<Long>> expected)
      throws CheckpointException {
    boolean isUsed =
        expected.containsKey(stored)
            || aliases.entrySet().stream()
                .anyMatch(a -> a.getValue().equals(stored) && expected.containsKey(a.getKey()))
            || stored.equals(DecoderTensorNames.HEAD)
                && !expected.containsKey(DecoderTensorNames.HEAD)
            || stored.endsWith(".rotary_emb.inv_freq");
    if (!isUsed) {
      throw new CheckpointException(
          fileOf(stored).path(),
          "has the tensor %s, which a model of this config.json".formatted(Quoted.of(stored))
              + " does not use; the two files may belong to different models");
    }
  }

  List<TensorInfo> stored() {
    var all = new ArrayList<TensorInfo>();
    files.forEach((name, file) -> all.add(file.info(name)));
    return List.copyOf(all);
  }

  Optional<TensorInfo> find(String name) {
    var stored = storedName(name);
    return files.containsKey(stored)
        ? Optional.of(files.get(stored).info(stored))
        : Optional.empty();
  }

  TensorInfo info(String name) {
    return fileOf(name).info(storedName(name));
  }

  MemorySegment raw(String name) {
    return fileOf(name).raw(storedName(name));
  }

  String storedName(String name) {
    return files.containsKey(name) ? name : aliases.getOrDefault(name, name);
  }

  TensorFile fileOf(String name) {
    var file = files.get(storedName(name));
    if (file == null) throw new IllegalArgumentException(dir + " has no tensor " + Quoted.of(name));
    return file;
  }
}
