package dev.hone.model.decoder;

/// The name and shape of a parameter, as checkpoints name it.
///
/// @param name such as `model.layers.0.self_attn.q_proj.weight`
/// @param rows outputs of a matrix; 1 for a vector
/// @param cols inputs of a matrix, or the vector's length
/// @param vector whether files store it with one dimension: norms and biases, which weight decay
///   leaves alone
public record Parameter(String name, long rows, int cols, boolean vector) {
  public static Parameter matrix(String name, long rows, int cols) {
    return new Parameter(name, rows, cols, false);
  }

  public static Parameter vector(String name, int size) {
    return new Parameter(name, 1, size, true);
  }

  public long size() {
    return rows * cols;
  }

  /// The shape that a file states.
  public long[] shape() {
    return vector ? new long[] {cols} : new long[] {rows, cols};
  }
}
