package dev.hone.model.decoder;

import dev.hone.model.checkpoint.Checkpoint;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.Bf16Matrix;
import dev.hone.tensor.BlockMatrix;
import dev.hone.tensor.Int8Matrix;
import dev.hone.tensor.RoundedMatrix;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/// What a frozen base keeps its matrices in. Norms and biases, which are few, stay float32, and so
/// does whatever is computed or trained.
public enum BaseDtype {
  FLOAT32("float32"),
  BFLOAT16("bfloat16"),
  /// One scale per row. See [Int8Matrix].
  INT8("int8"),
  /// In blocks, as the GGUF file has them, and where it is: mapped, never copied. Matrices that the
  /// file has in 16 or 32 bits are float32. See [BlockMatrix].
  STORED("stored");

  private final String label;

  BaseDtype(String label) {
    this.label = label;
  }

  /// The word for it, in options and files.
  public String label() {
    return label;
  }

  /// What a base is kept in unless somebody asks for something else: as its file has it where that
  /// is quantised, else float32.
  public static BaseDtype of(Checkpoint base) {
    return base.isQuantized() ? STORED : FLOAT32;
  }

  /// The same of a directory or file that nobody has open.
  public static BaseDtype of(Path base) throws CheckpointException {
    return Checkpoint.isQuantized(base) ? STORED : FLOAT32;
  }

  /// Whether matrices are kept in less than float32, which is read and never trained.
  public boolean isNarrow() {
    return this != FLOAT32;
  }

  public static Optional<BaseDtype> byLabel(String label) {
    return Arrays.stream(values()).filter(d -> d.label.equals(label)).findFirst();
  }

  /// All words, such as `float32, bfloat16 or int8`.
  public static String labels() {
    return Arrays.stream(values()).map(BaseDtype::label).collect(Collectors.joining(", "));
  }

  /// Room for a matrix in fewer bits; empty where it is to be float32.
  Optional<RoundedMatrix> allocate(Allocator memory, String name, long rows, int cols) {
    return switch (this) {
      case FLOAT32, STORED -> Optional.empty();
      case BFLOAT16 -> Optional.of(Bf16Matrix.allocate(memory, name, rows, cols));
      case INT8 -> Optional.of(Int8Matrix.allocate(memory, name, rows, cols));
    };
  }
}
