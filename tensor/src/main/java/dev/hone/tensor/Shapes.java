package dev.hone.tensor;

/// The checks that operations make before they touch memory.
final class Shapes {
  private Shapes() {}

  static void rows(String operation, Tensor x, long needed) {
    if (x.rows() < needed) {
      throw new ShapeException(
          operation, "%s holds fewer than %d rows".formatted(x.shape(), needed));
    }
  }

  static void cols(String operation, Tensor x, int cols) {
    if (x.cols() != cols) {
      throw new ShapeException(operation, "%s should have %d columns".formatted(x.shape(), cols));
    }
  }

  static void sameCols(String operation, Matrix x, Matrix y) {
    if (x.cols() != y.cols()) {
      throw new ShapeException(
          operation, "%s and %s differ in dim 1".formatted(x.shape(), y.shape()));
    }
  }

  static void vector(String operation, Tensor w, long size) {
    if (w.size() != size) {
      throw new ShapeException(operation, "%s should hold %d elements".formatted(w.shape(), size));
    }
  }
}
