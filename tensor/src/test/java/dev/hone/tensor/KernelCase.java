package dev.hone.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// One method of [Kernels] with its operands, so that a property can run over all of them.
///
/// @param operands where each operand starts, and how many elements it has
/// @param isExact whether every element is rounded as in the scalar kernel, so that both give the
///   same bits
record KernelCase(String name, List<Operand> operands, boolean isExact, Call call) {
  /// Where an operand starts: anywhere, at the same place as others, or at its segment's start.
  enum Start {
    FREE,
    SHARED,
    ZERO
  }

  /// @param perN elements per `n`
  /// @param fixed elements besides
  record Operand(Start start, int perN, int fixed) {
    Operand(Start start, int perN) {
      this(start, perN, 0);
    }

    static Operand fixed(int elements) {
      return new Operand(Start.FREE, 0, elements);
    }
  }

  interface Call {
    /// @return what the kernel returns, or 0
    double run(Kernels k, MemorySegment[] x, long[] at, int n);
  }

  /// Operands in memory: each between guards that no kernel may touch.
  record Operands(MemorySegment[] segments, long[] at, int[] lengths) {}

  private static final Operand FREE = new Operand(Start.FREE, 1);
  private static final Operand SHARED = new Operand(Start.SHARED, 1);
  private static final Operand ZERO = new Operand(Start.ZERO, 1);
  private static final AdamW.Step STEP = AdamW.Step.of(3, 1e-2, 0.1, 0.9, 0.999, 1e-8, 0.5);

  static List<KernelCase> all() {
    return List.of(
        exact("add", (k, x, at, n) -> run(() -> k.add(x[0], at[0], x[1], at[1], n)), FREE, FREE),
        exact("clear", (k, x, at, n) -> run(() -> k.clear(x[0], at[0], n)), FREE),
        exact("scale", (k, x, at, n) -> run(() -> k.scale(x[0], at[0], n, 1.7f)), FREE),
        close("sumOfSquares", (k, x, at, n) -> k.sumOfSquares(x[0], at[0], n), FREE),
        close("dot", (k, x, at, n) -> k.dot(x[0], at[0], x[1], at[1], n), FREE, FREE),
        close(
            "panels",
            (k, x, at, n) ->
                run(() -> k.panels(x[0], at[0], 7, x[1], at[1], 64, 7 * 64, x[2], at[2], n)),
            Operand.fixed(7),
            new Operand(Start.FREE, 7, 7 * 16),
            FREE),
        close(
            "rmsNorm",
            (k, x, at, n) ->
                k.rmsNorm(x[0], at[0], x[1], new RmsNorm(1e-5f, 0.25f), n, x[2], at[2]),
            FREE,
            ZERO,
            FREE),
        close(
            "rmsNormBackward",
            (k, x, at, n) ->
                run(() ->
                    k.rmsNormBackward(x[0], at[0], x[1], 0.25f, 0.7f, x[2], at[2], n, x[3], at[3])),
            FREE,
            ZERO,
            FREE,
            FREE),
        close(
            "rmsNormBackwardWeight",
            (k, x, at, n) ->
                run(() -> k.rmsNormBackwardWeight(x[0], at[0], 0.7f, x[1], at[1], n, x[2])),
            FREE,
            FREE,
            ZERO),
        exact(
            "multiply",
            (k, x, at, n) -> run(() -> k.multiply(x[0], at[0], x[1], at[1], x[2], at[2], n)),
            FREE,
            FREE,
            FREE),
        exact(
            "multiplyAdd",
            (k, x, at, n) -> run(() -> k.multiplyAdd(x[0], at[0], x[1], at[1], x[2], at[2], n)),
            FREE,
            FREE,
            FREE),
        exact(
            "rotate",
            (k, x, at, n) -> run(() -> k.rotate(x[0], at[0], x[1], x[2], at[1], n, 1f)),
            new Operand(Start.FREE, 2),
            SHARED,
            SHARED),
        exact(
            "rotate back",
            (k, x, at, n) -> run(() -> k.rotate(x[0], at[0], x[1], x[2], at[1], n, -1f)),
            new Operand(Start.FREE, 2),
            SHARED,
            SHARED),
        close(
            "swiGlu",
            (k, x, at, n) -> run(() -> k.swiGlu(x[0], x[1], x[2], at[0], n)),
            SHARED,
            SHARED,
            SHARED),
        close(
            "swiGluBackward",
            (k, x, at, n) -> run(() -> k.swiGluBackward(x[0], x[1], x[2], at[0], n)),
            SHARED,
            SHARED,
            SHARED),
        close(
            "geGlu",
            (k, x, at, n) -> run(() -> k.geGlu(x[0], x[1], x[2], at[0], n)),
            SHARED,
            SHARED,
            SHARED),
        close(
            "geGluBackward",
            (k, x, at, n) -> run(() -> k.geGluBackward(x[0], x[1], x[2], at[0], n)),
            SHARED,
            SHARED,
            SHARED),
        close("softCap", (k, x, at, n) -> run(() -> k.softCap(x[0], at[0], n, 1.5f)), FREE),
        close(
            "softCapBackward",
            (k, x, at, n) -> run(() -> k.softCapBackward(x[0], at[0], x[1], at[1], n, 5f)),
            FREE,
            FREE),
        close("attentionWeights", (k, x, at, n) -> weights(k, x[0], at[0], n), FREE),
        close(
            "attentionBackward",
            (k, x, at, n) ->
                run(() -> k.attentionBackward(x[0], at[0], x[1], at[1], n - n / 3, n, 2.5f, 0.3f)),
            FREE,
            FREE),
        exact(
            "copyRows",
            (k, x, at, n) ->
                run(() -> k.copyRows(x[0], at[0], 8L * n, x[1], at[1], 4L * n, 2, n, 0.6f)),
            new Operand(Start.FREE, 3),
            new Operand(Start.FREE, 2)),
        close("softmaxOf", (k, x, at, n) -> run(() -> k.softmaxOf(x[0], at[0], n, 2.5f)), FREE),
        close("logSumExp", (k, x, at, n) -> k.logSumExp(x[0], at[0], n), FREE),
        exact("argMax", (k, x, at, n) -> k.argMax(x[0], at[0], n), FREE),
        exact(
            "adamW",
            (k, x, at, n) -> run(() -> k.adamW(x[0], x[1], x[2], x[3], at[0], n, STEP)),
            SHARED,
            SHARED,
            SHARED,
            SHARED));
  }

  /// A query sees a key at least.
  private static double weights(Kernels k, MemorySegment x, long at, int n) {
    return n == 0 ? 0 : k.attentionWeights(x, at, n - n / 3, n);
  }

  private static KernelCase exact(String name, Call call, Operand... operands) {
    return new KernelCase(name, List.of(operands), true, call);
  }

  private static KernelCase close(String name, Call call, Operand... operands) {
    return new KernelCase(name, List.of(operands), false, call);
  }

  private static double run(Runnable kernel) {
    kernel.run();
    return 0;
  }

  /// Random operands at random places; guards before and after count up from 777.
  Operands operands(SplittableRandom random, int n) {
    long shared = random.nextInt(20);
    var segments = new ArrayList<MemorySegment>();
    var at = new long[operands.size()];
    var lengths = new int[operands.size()];
    for (int o = 0; o < operands.size(); o++) {
      lengths[o] = n * operands.get(o).perN() + operands.get(o).fixed();
      at[o] =
          Float.BYTES
              * switch (operands.get(o).start()) {
                case FREE -> random.nextInt(20);
                case SHARED -> shared;
                case ZERO -> 0;
              };
      segments.add(segment(random, (int) (at[o] / Float.BYTES), lengths[o]));
    }
    return new Operands(segments.toArray(MemorySegment[]::new), at, lengths);
  }

  /// Normal values; the last operand of [Kernels#adamW] must not be negative, which suits all
  /// others too.
  private MemorySegment segment(SplittableRandom random, int at, int length) {
    var values = new float[at + length + 40];
    for (int i = 0; i < values.length; i++) {
      float value = (float) random.nextGaussian();
      values[i] =
          i < at || i >= at + length ? 777 + i : name.equals("adamW") ? Math.abs(value) : value;
    }
    return Tensors.of(values, 1, values.length).data();
  }

  static float[] values(MemorySegment segment) {
    return segment.toArray(ValueLayout.JAVA_FLOAT);
  }

  @Override
  public String toString() {
    return name;
  }
}
