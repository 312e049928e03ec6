package dev.hone.tensor;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
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

/// Matrix products `x·wᵀ` of one thread: an adapter's thin ones, a wide one of an MLP, the head's;
/// by the library that Hone chose for this machine, and by OpenBLAS.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class ProductBench {
  /// Sizes that no vector's width divides, an adapter's rank excepted: rows, outputs, inputs.
  public enum Shape {
    DOWN(509, 16, 577),
    UP(509, 577, 16),
    WIDE(509, 1531, 577),
    HEAD(67, 49157, 577);

    private final int rows;
    private final int outputs;
    private final int inputs;

    Shape(int rows, int outputs, int inputs) {
      this.rows = rows;
      this.outputs = outputs;
      this.inputs = inputs;
    }
  }

  /// Who multiplies.
  public enum Multiplier {
    CHOSEN,
    OPENBLAS;

    private MatrixProduct.Library library() {
      return switch (this) {
        case CHOSEN -> MatrixProduct.LIBRARY;
        case OPENBLAS -> new OpenBlas();
      };
    }
  }

  @Param Shape shape;
  @Param Multiplier multiplier;

  private MatrixProduct.Library library;
  private MemorySegment x;
  private MemorySegment w;
  private MemorySegment y;

  /// Makes the operands, and checks every 101st element of the product against its definition.
  @Setup
  public void prepare() {
    var arena = Arena.ofAuto();
    var random = new SplittableRandom(1);
    library = multiplier.library();
    x = Answers.random(random, (long) shape.rows * shape.inputs, arena);
    w = Answers.random(random, (long) shape.outputs * shape.inputs, arena);
    y = arena.allocate(JAVA_FLOAT, (long) shape.rows * shape.outputs);
    multiply();
    var expected = new ArrayList<Double>();
    var actual = new ArrayList<Double>();
    for (int i = 0; i < shape.rows * shape.outputs; i += 101) {
      expected.add(element(i / shape.outputs, i % shape.outputs));
      actual.add((double) y.getAtIndex(JAVA_FLOAT, i));
    }
    Answers.check(shape.name(), List.copyOf(expected), List.copyOf(actual), 1e-4);
  }

  @Benchmark
  public void multiply() {
    library.sgemm(
        false,
        true,
        shape.rows,
        shape.outputs,
        shape.inputs,
        1f,
        x.address(),
        shape.inputs,
        w.address(),
        shape.inputs,
        0f,
        y.address(),
        shape.outputs);
  }

  private double element(int row, int output) {
    double sum = 0;
    for (int i = 0; i < shape.inputs; i++) {
      sum +=
          (double) x.getAtIndex(JAVA_FLOAT, (long) row * shape.inputs + i)
              * w.getAtIndex(JAVA_FLOAT, (long) output * shape.inputs + i);
    }
    return sum;
  }
}
