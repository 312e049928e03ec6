package dev.hone.tensor;

import static dev.hone.testkit.Close.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

class StreamedLinearTest {
  private static final RowKernels SCALAR = new ScalarRowKernels();

  @Test
  void testsRunOnTheVectorKernels() {
    assertInstanceOf(VectorRowKernels.class, RowKernels.BEST);
  }

  /// A weight in several forms.
  static List<Matrix> forms(SplittableRandom random, int rows, int n) {
    Allocator memory = Tensors::allocate;
    var full = Tensors.normal(random, rows, n);
    var half = Bf16Matrix.allocate(memory, "w", rows, n);
    var bytes = Int8Matrix.allocate(memory, "w", rows, n);
    half.put(full, 0);
    bytes.put(full, 0);
    var forms = new ArrayList<Matrix>(List.of(full, half, bytes));
    for (var type : List.of(BlockType.Q8_0, BlockType.Q4_0)) {
      if (n % type.elements() == 0) {
        var blocks = BlockMatrixTest.random(random, type, rows, n);
        forms.add(blocks);
        if (rows % 4 == 0) {
          forms.add(new BlockMatrix(type, blocks.data(), rows, n, 4));
        }
      }
    }
    return forms;
  }

  @ParameterizedTest
  @Seeds(100)
  void outputsAreThoseOfTheWidenedWeightHoweverGroupsAreShared(long seed) {
    var random = new SplittableRandom(seed);
    int rows = random.nextInt(1, 40);
    int n = random.nextBoolean() ? 32 * random.nextInt(1, 5) : random.nextInt(1, 150);
    float beta = random.nextInt(2);
    var x = Tensors.normal(random, 1, n);
    for (var w : forms(random, rows, n)) {
      int groups = StreamedLinear.groups(w);
      var y = Tensors.full(1, rows, 2f);
      StreamedLinear.part(x, w, 0, groups, beta, y);
      var wide = Tensors.zeros(rows, n);
      w.widen(0, rows, wide);
      for (int r = 0; r < rows; r++) {
        var row = wide.rows(r, r + 1);
        double lengths = Math.sqrt(Elementwise.sumOfSquares(x) * Elementwise.sumOfSquares(row));
        assertEquals(Tensors.dot(x, row) + 2 * beta, y.get(0, r), 1e-6 * (lengths + 2));
      }
      var parts = Tensors.full(1, rows, 2f);
      for (int from = 0; from < groups; ) {
        int to = random.nextInt(from, groups) + 1;
        StreamedLinear.part(x, w, from, to, beta, parts);
        from = to;
      }
      assertArrayEquals(y.toArray(), parts.toArray(), 0f);
    }
  }

  /// Rows apart from each other, and the others' outputs stay.
  @ParameterizedTest
  @Seeds(100)
  void vectorKernelsEqualScalarKernels(long seed) {
    var random = new SplittableRandom(seed);
    int n = random.nextInt(0, 100);
    int first = random.nextInt(0, 4);
    int rows = random.nextInt(1, 4);
    int apart = random.nextInt(8) == 0 ? 0 : random.nextInt(rows, 6);
    float beta = random.nextInt(3) * 0.5f;
    var w = Tensors.normal(random, 24, Math.max(1, n));
    var half = Bf16Matrix.allocate(Tensors::allocate, "w", 24, w.cols());
    var bytes = Int8Matrix.allocate(Tensors::allocate, "w", 24, w.cols());
    half.put(w, 0);
    bytes.put(w, 0);
    var scales = bytes.scales().data();
    var q8 = BlockMatrixTest.random(random, BlockType.Q8_0, 24, 32 * Math.ceilDiv(n + 1, 32));
    var x = Tensors.normal(random, 1, q8.cols()).data();
    var outputs = new ArrayList<float[]>();
    for (var kernels : List.of(SCALAR, RowKernels.BEST)) {
      var y = Tensors.full(4, 24, 2f);
      var outs = IntStream.range(0, 4).mapToObj(r -> y.rows(r, r + 1).data()).toList();
      kernels.dotF32(w.data(), first, rows, apart, x, n, beta, outs.get(0));
      kernels.dotBf16(half.data(), first, rows, apart, x, n, beta, outs.get(1));
      kernels.dotInt8(bytes.data(), scales, first, rows, apart, x, n, beta, outs.get(2));
      if (RowKernels.BEST.takesQ8()) {
        kernels.dotQ8(q8.data(), 6, first, rows, apart, x, q8.cols(), beta, outs.get(3));
      }
      outputs.add(y.toArray());
    }
    assertClose(outputs.get(0), outputs.get(1), 1e-5, 1e-5 * Math.sqrt(n + 1));
  }

  @Test
  void whatDoesNotFitIsRefused() {
    var w = Tensors.zeros(8, 4);
    var x = Tensors.zeros(1, 4);
    var y = Tensors.zeros(1, 8);
    assertRefused("no groups 0 to 3 among 2", x, w, 0, 3, y);
    assertRefused("no groups -1 to 1 among 2", x, w, -1, 1, y);
    assertRefused("no groups 2 to 1 among 2", x, w, 2, 1, y);
    assertRefused("x (1, 5)", Tensors.zeros(1, 5), w, 0, 2, y);
    assertRefused("y (1, 7)", x, w, 0, 2, Tensors.zeros(1, 7));
  }

  private static void assertRefused(String part, Tensor x, Matrix w, int from, int to, Tensor y) {
    var message =
        assertThrows(ShapeException.class, () -> StreamedLinear.part(x, w, from, to, 0f, y))
            .getMessage();
    assertTrue(message.startsWith("streamedLinear: ") && message.contains(part), message);
  }
}
