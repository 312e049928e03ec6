package dev.hone.model.checkpoint;

import dev.hone.model.UsageException;
import dev.hone.tensor.BlockMatrix;
import dev.hone.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The tensors of a GGUF file by the names, and with their rows in the order, of Hugging Face's
/// checkpoints.
final class GgufTensors implements TensorFile {
  private final GgufFile file;
  private final ModelConfig config;
  private final GgufConfig.Architecture architecture;
  private final Map<String, GgufFile.Stored> tensors = new LinkedHashMap<>();

  private GgufTensors(GgufFile file, ModelConfig config) throws CheckpointException {
    this.file = file;
    this.config = config;
    this.architecture = GgufConfig.architecture(file);
  }

  /// @throws UsageException when a tensor is in blocks of a type that is not known
  static GgufTensors of(GgufFile file, ModelConfig config) throws CheckpointException {
    var tensors = new GgufTensors(file, config);
    var names = GgufNames.of(config);
    for (var stored : file.tensors().values()) {
      if (stored.dtype().isEmpty() && stored.blocks().isEmpty()) {
        throw new UsageException(
            Quoted.oneLine(
                "%s: tensor %s is in ggml's type %d, which cannot be read"
                    .formatted(file.path(), stored.name(), stored.kind())),
            "get the model in F16, BF16, Q8_0, Q4_0 to Q5_1, Q2_K to Q6_K or IQ4_NL");
      }
      if (stored.blocks().isPresent() && stored.shape().size() != 2) {
        throw new CheckpointException(
            file.path(),
            "tensor %s is in %s, which is for matrices alone; the file is damaged"
                .formatted(Quoted.of(stored.name()), stored.blocks().get()));
      }
      tensors.tensors.put(names.getOrDefault(stored.name(), stored.name()), stored);
    }
    GgufConfig.ROPE_TENSORS.forEach(tensors.tensors::remove); // are in the configuration
    return tensors;
  }

  @Override
  public Path path() {
    return file.path();
  }

  @Override
  public Set<String> names() {
    return tensors.keySet();
  }

  @Override
  public TensorInfo info(String name) {
    var stored = stored(name);
    return new TensorInfo(
        name,
        stored.dtype().orElse(Dtype.F32),
        stored.blocks(),
        stored.shape(),
        stored.offset(),
        stored.byteSize());
  }

  private GgufFile.Stored stored(String name) {
    var stored = tensors.get(name);
    if (stored == null)
      throw new IllegalArgumentException(path() + " has no tensor " + Quoted.of(name));
    return stored;
  }

  @Override
  public Map<String, String> metadata() {
    return Map.of();
  }

  @Override
  public MemorySegment raw(String name) {
    return file.raw(stored(name));
  }

  @Override
  public boolean isPlain(String name) {
    return stored(name).dtype().isPresent()
        && architecture.pairedRows(name, config) == 0
        && !addsOne(name);
  }

  @Override
  public boolean isF32Mapped(String name) {
    return isPlain(name)
        && info(name).dtype() == Dtype.F32
        && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
  }

  private boolean addsOne(String name) {
    return architecture.addsOne() && name.endsWith("norm.weight");
  }

  @Override
  public Optional<BlockMatrix> blocks(String name) {
    var stored = stored(name);
    return stored
        .blocks()
        .map(type ->
            new BlockMatrix(
                type,
                file.raw(stored),
                stored.shape().getFirst(),
                Math.toIntExact(stored.shape().getLast()),
                architecture.pairedRows(name, config)));
  }

  @Override
  public void readF32(String name, long from, MemorySegment dst) {
    var stored = stored(name);
    int paired = architecture.pairedRows(name, config);
    long elements = dst.byteSize() / Float.BYTES;
    if (stored.blocks().isPresent() || paired > 0) {
      rows(stored, name, paired, from, elements, dst);
    } else {
      var dtype = stored.dtype().orElseThrow();
      FloatCodec.decode(file.raw(stored).asSlice(from * dtype.bits() / Byte.SIZE), dtype, dst);
    }
    if (addsOne(name)) {
      for (long i = 0; i < elements; i++) {
        float weight = dst.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * i) - 1;
        dst.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * i, weight);
      }
    }
  }

  /// Whole rows; those of a bias have one element.
  private void rows(
      GgufFile.Stored stored,
      String name,
      int paired,
      long from,
      long elements,
      MemorySegment dst) {
    boolean isMatrix = stored.shape().size() > 1;
    int cols = isMatrix ? Math.toIntExact(stored.shape().getLast()) : 1;
    if (from % cols != 0 || elements % cols != 0) {
      throw new IllegalArgumentException(
          "elements %d to %d of %s are not whole rows of %d"
              .formatted(from, from + elements, name, cols));
    }
    int n = Math.toIntExact(elements / cols);
    var blocks = blocks(name);
    if (blocks.isPresent()) {
      blocks.get().widen(from / cols, n, Tensor.of(dst, n, cols));
      return;
    }
    var dtype = stored.dtype().orElseThrow();
    long rowBytes = (long) cols * dtype.bits() / Byte.SIZE;
    for (int r = 0; r < n; r++) {
      long at = BlockMatrix.storedRow(from / cols + r, paired) * rowBytes;
      FloatCodec.decode(
          file.raw(stored).asSlice(at, rowBytes),
          dtype,
          dst.asSlice((long) r * cols * Float.BYTES, (long) cols * Float.BYTES));
    }
  }
}
