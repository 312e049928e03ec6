package dev.hone.tensor;

import dev.hone.tensor.Kernel.Operands;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Each kernel, the plain one against the one with the Vector API, at lengths that no vector's
/// width divides: a head, a row of activations, a row of logits.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class KernelBench {
  /// Which of the twins.
  public enum Twin {
    SCALAR(new ScalarKernels()),
    VECTOR(new VectorKernels());

    private final Kernels kernels;

    Twin(Kernels kernels) {
      this.kernels = kernels;
    }
  }

  @Param Kernel kernel;
  @Param Twin twin;

  @Param({"67", "579", "49157"})
  int n;

  private Operands operands;
  private MemorySegment originalX;
  private MemorySegment originalY;

  /// Makes the operands, and checks this kernel's answer on them against its twin's.
  @Setup
  public void prepare() {
    var arena = Arena.ofAuto();
    operands = operands(arena);
    originalX = copy(operands.x(), arena);
    originalY = copy(operands.y(), arena);
    var expected = operands(arena);
    double expectedResult = kernel.run(Twin.SCALAR.kernels, expected, n);
    double result = kernel.run(twin.kernels, operands, n);
    var bound = 1e-6 * Math.sqrt(n);
    Answers.check(kernel + " result", List.of(expectedResult), List.of(result), bound);
    Answers.check(kernel + " x", expected.x(), operands.x(), bound);
    Answers.check(kernel + " y", expected.y(), operands.y(), bound);
    Answers.check(kernel + " z", expected.z(), operands.z(), bound);
    Answers.check(kernel + " w", expected.w(), operands.w(), bound);
  }

  /// One call. Its first operands are copied back before, since most kernels write over them and
  /// would soon meet numbers that the processor handles slowly; [Kernel#NOTHING] tells what that
  /// costs.
  @Benchmark
  public double run() {
    operands.x().copyFrom(originalX);
    operands.y().copyFrom(originalY);
    return kernel.run(twin.kernels, operands, n);
  }

  private Operands operands(Arena arena) {
    var random = new SplittableRandom(n);
    var w = Answers.random(random, n, arena);
    for (int i = 0; i < n; i++) {
      w.setAtIndex(
          ValueLayout.JAVA_FLOAT, i, Math.abs(w.getAtIndex(ValueLayout.JAVA_FLOAT, i)) + 0.1f);
    }
    return new Operands(
        Answers.random(random, n, arena),
        Answers.random(random, n, arena),
        Answers.random(random, n, arena),
        w);
  }

  private static MemorySegment copy(MemorySegment x, Arena arena) {
    return arena.allocate(x.byteSize(), Float.BYTES).copyFrom(x);
  }
}
