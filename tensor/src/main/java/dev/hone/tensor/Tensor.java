package dev.hone.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A matrix `(rows, cols)` of float32, row-major and dense, somewhere outside the heap; it does not
/// own the memory.
///
/// A vector is a matrix of one row. Buffers are planned for the longest batch, so operations take
/// the number of rows in use as a parameter and check it against [#rows()].
public final class Tensor implements Matrix {
  private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED;

  private final MemorySegment data;
  private final long rows;
  private final int cols;

  private Tensor(MemorySegment data, long rows, int cols) {
    this.data = data;
    this.rows = rows;
    this.cols = cols;
  }

  /// A view of `data`, which must hold exactly `rows × cols` floats.
  public static Tensor of(MemorySegment data, long rows, int cols) {
    if (data.byteSize() != byteSize(rows, cols)) {
      throw new ShapeException(
          "tensor",
          "(%d, %d) needs %d bytes, got %d"
              .formatted(rows, cols, byteSize(rows, cols), data.byteSize()));
    }
    if (!data.isNative()) {
      throw new ShapeException(
          "tensor", "(%d, %d) lies on the heap, where native code cannot go".formatted(rows, cols));
    }
    return new Tensor(data, rows, cols);
  }

  static Tensor planned(long rows, int cols) {
    return new Tensor(MemorySegment.NULL, rows, cols);
  }

  static long byteSize(long rows, int cols) {
    return Math.multiplyExact(Math.multiplyExact(rows, (long) cols), Float.BYTES);
  }

  @Override
  public MemorySegment data() {
    return data;
  }

  @Override
  public long rows() {
    return rows;
  }

  @Override
  public int cols() {
    return cols;
  }

  /// Number of elements.
  public long size() {
    return rows * cols;
  }

  public long byteSize() {
    return byteSize(rows, cols);
  }

  /// Where row `r` starts, in bytes.
  long at(long r) {
    return r * cols * Float.BYTES;
  }

  /// Rows `from` (inclusive) to `to` (exclusive), the same memory.
  public Tensor rows(long from, long to) {
    return new Tensor(data.asSlice(at(from), at(to) - at(from)), to - from, cols);
  }

  /// The same memory as a matrix of another shape and the same size.
  public Tensor reshape(long newRows, int newCols) {
    return of(data, newRows, newCols);
  }

  public float get(long row, int col) {
    return data.get(F32, at(row) + (long) col * Float.BYTES);
  }

  public void set(long row, int col, float value) {
    data.set(F32, at(row) + (long) col * Float.BYTES, value);
  }

  /// Sets the first `n` rows to zero.
  public void clear(long n) {
    data.asSlice(0, at(n)).fill((byte) 0);
  }

  public void clear() {
    data.fill((byte) 0);
  }

  public void copyFrom(float[] values) {
    if (values.length != size()) {
      throw new ShapeException("copy", "%s from an array of %d".formatted(shape(), values.length));
    }
    MemorySegment.copy(values, 0, data, F32, 0, values.length);
  }

  /// Copies the first `n` rows of `source`.
  public void copyFrom(Tensor source, long n) {
    Shapes.sameCols("copy", this, source);
    if (source == this) return;
    MemorySegment.copy(source.data, 0, data, 0, at(n));
  }

  @Override
  public void widen(long from, int n, Tensor y) {
    y.copyFrom(rows(from, from + n), n);
  }

  public float[] toArray() {
    return data.toArray(F32);
  }

  @Override
  public String toString() {
    return "Tensor" + shape();
  }
}
