package dev.hone.model.checkpoint;

import dev.hone.tensor.BlockType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What a model's matrices are written in, in a GGUF file. Norms and biases stay float32; embedding
/// and head are never rounded below 8 bits, and rows that are no whole blocks go to a type that
/// they fit.
public enum GgufFormat {
  F32(0),
  F16(1),
  BF16(32),
  Q8_0(7),
  Q4_0(2),
  Q4_K(14);

  /// ggml's number for files that are mostly so.
  private final int fileType;

  GgufFormat(int fileType) {
    this.fileType = fileType;
  }

  int fileType() {
    return fileType;
  }

  public static Optional<GgufFormat> byName(String name) {
    return Arrays.stream(values()).filter(f -> f.name().equalsIgnoreCase(name)).findFirst();
  }

  /// @param name of the tensor in checkpoints
  GgufWriter.Storage storage(String name, List<Long> shape) {
    if (shape.size() < 2) return new GgufWriter.Storage.Plain(Dtype.F32);
    boolean isOuter =
        name.equals(DecoderTensorNames.EMBEDDING) || name.equals(DecoderTensorNames.HEAD);
    long cols = shape.getLast();
    return switch (this) {
      case F32 -> new GgufWriter.Storage.Plain(Dtype.F32);
      case F16 -> new GgufWriter.Storage.Plain(Dtype.F16);
      case BF16 -> new GgufWriter.Storage.Plain(Dtype.BF16);
      case Q8_0, Q4_0, Q4_K -> {
        var type = BlockType.valueOf(name());
        boolean fits = !isOuter && cols % type.elements() == 0;
        if (fits) yield new GgufWriter.Storage.Blocks(type);
        yield cols % BlockType.Q8_0.elements() == 0
            ? new GgufWriter.Storage.Blocks(BlockType.Q8_0)
            : new GgufWriter.Storage.Plain(Dtype.F16);
      }
    };
  }
}
