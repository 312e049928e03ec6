package dev.hone.tensor;

import dev.hone.testkit.Golden;
import java.lang.foreign.Arena;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;

/// Tensors for tests, from an arena that lives until nobody points at it.
final class Tensors {
  private Tensors() {}

  static Tensor zeros(long rows, int cols) {
    return allocate("test", rows, cols);
  }

  /// An [Allocator], but for small tensors: it takes no whole block for each.
  static Tensor allocate(String name, long rows, int cols) {
    return Tensor.of(Arena.ofAuto().allocate(Tensor.byteSize(rows, cols), 64), rows, cols);
  }

  static Tensor full(long rows, int cols, float value) {
    var x = zeros(rows, cols);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        x.set(i, j, value);
      }
    }
    return x;
  }

  static Tensor normal(SplittableRandom random, long rows, int cols) {
    var values = new float[Math.toIntExact(rows * cols)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return of(values, rows, cols);
  }

  static Tensor of(float[] values, long rows, int cols) {
    var x = zeros(rows, cols);
    x.copyFrom(values);
    return x;
  }

  static Tensor copy(Tensor x) {
    return of(x.toArray(), x.rows(), x.cols());
  }

  /// A golden tensor; a vector becomes one row.
  static Tensor golden(Golden golden, String name) {
    var shape = golden.shape(name);
    return shape.length == 1
        ? of(golden.f32(name), 1, (int) shape[0])
        : of(golden.f32(name), shape[0], (int) shape[1]);
  }

  /// `Σ x·y` in double.
  static double dot(Tensor x, Tensor y) {
    var a = x.toArray();
    var b = y.toArray();
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  /// The gradient of `loss` for every element of `x` by central differences of width `2·step`.
  static float[] centralDifferences(Tensor x, double step, DoubleSupplier loss) {
    var gradient = new float[Math.toIntExact(x.size())];
    for (int i = 0; i < gradient.length; i++) {
      int row = i / x.cols();
      int col = i % x.cols();
      float old = x.get(row, col);
      x.set(row, col, (float) (old + step));
      double above = loss.getAsDouble();
      x.set(row, col, (float) (old - step));
      double below = loss.getAsDouble();
      x.set(row, col, old);
      gradient[i] = (float) ((above - below) / (2 * step));
    }
    return gradient;
  }
}
