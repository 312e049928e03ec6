package dev.hone.tensor;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.hone.tensor.BlockKernels.Factor;
import dev.hone.tensor.BlockKernels.Unpacked;
import java.lang.foreign.MemorySegment;

/// A matrix in blocks of a [BlockType], as a GGUF file has it, row-major; it does not own the
/// memory, which may be the mapped file.
///
/// GGUF files of Llama's family keep the two halves of a head's rows, which are rotated together,
/// in turns. Such a matrix answers in the order of Hugging Face's checkpoints all the same.
///
/// @param data the blocks
/// @param pairedRows rows of a head whose halves are stored in turns; 0 where rows are in order
public record BlockMatrix(BlockType type, MemorySegment data, long rows, int cols, int pairedRows)
    implements NarrowMatrix {
  public BlockMatrix {
    if (cols % type.elements() != 0) {
      throw new ShapeException(
          "block matrix", "rows of %d elements are not whole blocks of %s".formatted(cols, type));
    }
    if (data.byteSize() < type.byteSize(rows * cols)) {
      throw new ShapeException(
          "block matrix",
          "(%d, %d) in %s needs %d bytes, got %d"
              .formatted(rows, cols, type, type.byteSize(rows * cols), data.byteSize()));
    }
  }

  public long byteSize() {
    return type.byteSize(rows * cols);
  }

  /// Where row `r` starts, in bytes.
  private long at(long r) {
    return type.byteSize(storedRow(r, pairedRows) * cols);
  }

  /// Where a row is among rows that are stored in turns.
  ///
  /// @param pairedRows as of the matrix
  public static long storedRow(long r, int pairedRows) {
    if (pairedRows == 0) {
      return r;
    }
    int half = pairedRows / 2;
    int inHead = Math.toIntExact(r % pairedRows);
    return r - inHead + inHead % half * 2L + inHead / half;
  }

  /// Which row is stored at place `at`: the inverse of [#storedRow].
  public static long rowStoredAt(long at, int pairedRows) {
    if (pairedRows == 0) {
      return at;
    }
    int half = pairedRows / 2;
    int inHead = Math.toIntExact(at % pairedRows);
    return at - inHead + inHead / 2 + (long) (inHead % 2) * half;
  }

  /// The outputs of the rows that are stored `from` to `to`, for [StreamedLinear#part], which
  /// checks operands: memory is read from front to back, whatever the rows' order.
  void multiply(Tensor x, long from, long to, float beta, Tensor y) {
    var factor = Factor.of(type, x.data(), 0, cols);
    var unpacked = Unpacked.allocate();
    for (long place = from; place < to; place++) {
      long yAt = rowStoredAt(place, pairedRows) * Float.BYTES;
      long at = type.byteSize(place * cols);
      float product = BlockKernels.BEST.dot(type, data, at, factor, unpacked);
      float old = beta == 0 ? 0 : beta * y.data().get(JAVA_FLOAT_UNALIGNED, yAt);
      y.data().set(JAVA_FLOAT_UNALIGNED, yAt, product + old);
    }
  }

  @Override
  public void widen(long from, int n, Tensor y) {
    requireRows("widen", from, n, y);
    var unpacked = Unpacked.allocate();
    for (int r = 0; r < n; r++) {
      BlockKernels.BEST.widen(type, data, at(from + r), cols, y.data(), y.at(r), unpacked);
    }
  }
}
