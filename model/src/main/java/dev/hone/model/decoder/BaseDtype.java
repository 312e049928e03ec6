package dev.hone.model.decoder;

import dev.hone.tensor.Allocator;
import dev.hone.tensor.Bf16Matrix;
import dev.hone.tensor.Int8Matrix;
import dev.hone.tensor.NarrowMatrix;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/// What a frozen base keeps its matrices in. Norms and biases, which are few, stay float32, and so
/// does whatever is computed or trained.
public enum BaseDtype {
  FLOAT32("float32"),
  BFLOAT16("bfloat16"),
  /// One scale per row. See [Int8Matrix].
  INT8("int8");

  private final String label;

  BaseDtype(String label) {
    this.label = label;
  }

  /// The word for it, in options and files.
  public String label() {
    return label;
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
  Optional<NarrowMatrix> allocate(Allocator memory, String name, long rows, int cols) {
    return switch (this) {
      case FLOAT32 -> Optional.empty();
      case BFLOAT16 -> Optional.of(Bf16Matrix.allocate(memory, name, rows, cols));
      case INT8 -> Optional.of(Int8Matrix.allocate(memory, name, rows, cols));
    };
  }
}
