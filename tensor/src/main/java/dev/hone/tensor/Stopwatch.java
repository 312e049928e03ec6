package dev.hone.tensor;

import java.util.Arrays;

/// Where one thread's time goes, operation by operation, and how many floating-point operations its
/// matrix products made.
///
/// One [#lap] behind each operation: whatever lies between two laps belongs to the later one, so
/// that nothing is left out. A lap costs some 25 ns.
public final class Stopwatch {
  /// What time is spent on.
  public enum Operation {
    DATA("filling batches"),
    EMBEDDING("embedding"),
    NORM("norms and residuals"),
    BASE("products with the base"),
    ADAPTER("products with adapters"),
    WEIGHT_GRADIENT("products for weight gradients"),
    ROPE("rotary embedding"),
    ATTENTION("attention"),
    GLU("gated activation"),
    HEAD("products with the head"),
    LOSS("cross-entropy"),
    BETWEEN_PASSES("between passes: adding gradients, optimiser, waiting");

    private final String label;

    Operation(String label) {
      this.label = label;
    }

    public String label() {
      return label;
    }

    /// Whether it is matrix products of the sizes told to [#lap], and next to nothing else;
    /// attention has its softmax between them.
    public boolean isProduct() {
      return this == BASE
          || this == ADAPTER
          || this == WEIGHT_GRADIENT
          || this == ATTENTION
          || this == HEAD;
    }
  }

  private final long[] nanos = new long[Operation.values().length];
  private double flop;
  private long last;
  private boolean counts;

  /// Whether laps count from here on. Without, they only mark where the next one begins.
  public void counts(boolean on) {
    counts = on;
  }

  /// The time since the last lap was this operation's.
  public void lap(Operation operation) {
    long now = System.nanoTime();
    nanos[operation.ordinal()] += counts ? now - last : 0;
    last = now;
  }

  /// The same for a product of `(m, k)` by `(k, n)`: `2·m·n·k` operations.
  public void lap(Operation operation, long m, long n, long k) {
    lap(operation);
    flop += counts ? 2.0 * m * n * k : 0;
  }

  /// Adds another one's times to this one's.
  public void add(Stopwatch other) {
    for (int i = 0; i < nanos.length; i++) {
      nanos[i] += other.nanos[i];
    }
    flop += other.flop;
  }

  public void reset() {
    Arrays.fill(nanos, 0);
    flop = 0;
  }

  public double seconds(Operation operation) {
    return nanos[operation.ordinal()] / 1e9;
  }

  /// Seconds of all operations.
  public double seconds() {
    return Arrays.stream(nanos).sum() / 1e9;
  }

  /// Floating-point operations of the matrix products that were told with their sizes.
  public double flop() {
    return flop;
  }
}
