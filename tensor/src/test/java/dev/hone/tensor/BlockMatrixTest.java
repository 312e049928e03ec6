package dev.hone.tensor;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.hone.tensor.BlockKernels.Unpacked;
import dev.hone.testkit.Golden;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BlockMatrixTest {
  private static final int ROWS = 3;
  private static final int COLS = 512;

  /// Where a block's scales lie, which must be finite.
  private static final Map<BlockType, List<Integer>> HALVES =
      Map.ofEntries(
          Map.entry(BlockType.Q4_0, List.of(0)),
          Map.entry(BlockType.Q4_1, List.of(0, 2)),
          Map.entry(BlockType.Q5_0, List.of(0)),
          Map.entry(BlockType.Q5_1, List.of(0, 2)),
          Map.entry(BlockType.Q8_0, List.of(0)),
          Map.entry(BlockType.Q2_K, List.of(80, 82)),
          Map.entry(BlockType.Q3_K, List.of(108)),
          Map.entry(BlockType.Q4_K, List.of(0, 2)),
          Map.entry(BlockType.Q5_K, List.of(0, 2)),
          Map.entry(BlockType.Q6_K, List.of(208)),
          Map.entry(BlockType.IQ4_NL, List.of(0)));

  static BlockMatrix random(SplittableRandom random, BlockType type, int rows, int cols) {
    var data = Arena.ofAuto().allocate(type.byteSize((long) rows * cols));
    for (long i = 0; i < data.byteSize(); i++) {
      data.set(java.lang.foreign.ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
    }
    for (long at = 0; at < data.byteSize(); at += type.byteSize()) {
      for (int half : HALVES.get(type)) {
        data.set(
            JAVA_SHORT_UNALIGNED,
            at + half,
            Float.floatToFloat16((float) random.nextGaussian() * 0.01f));
      }
    }
    return new BlockMatrix(type, data, rows, cols, 0);
  }

  private static MemorySegment bytes(int[] words) {
    var data = Arena.ofAuto().allocate(4L * words.length);
    for (int i = 0; i < words.length; i++) {
      data.set(JAVA_INT_UNALIGNED, 4L * i, words[i]);
    }
    return data;
  }

  @ParameterizedTest
  @EnumSource
  void decodesToTheBitsOfTheGgufPackage(BlockType type) {
    var golden = Golden.load("blocks"); // tools/parity/blocks.py
    var blocks = bytes(golden.i32(type + ".blocks"));
    for (var kernels : List.of(new ScalarBlockKernels(), BlockKernels.BEST)) {
      var y = Tensors.zeros(ROWS, COLS);
      kernels.widen(type, blocks, 0, ROWS * COLS, y.data(), 0, Unpacked.allocate());
      assertArrayEquals(golden.f32(type + ".w"), y.toArray(), 0f);
    }
  }

  @ParameterizedTest
  @EnumSource
  void bothKernelsDecodeAnyBlockToTheSameBits(BlockType type) {
    var random = new SplittableRandom(type.id());
    for (int i = 0; i < 20; i++) {
      var matrix = random(random, type, 4, 512);
      var plain = Tensors.zeros(4, 512);
      new ScalarBlockKernels().widen(type, matrix.data(), 0, 2048, plain.data(), 0, null);
      var fast = Tensors.zeros(4, 512);
      matrix.widen(0, 4, fast);
      assertArrayEquals(plain.toArray(), fast.toArray(), 0f);
    }
  }

  @ParameterizedTest
  @EnumSource
  void rowsTimesAVectorAreTheirWidenedForm(BlockType type) {
    var random = new SplittableRandom(type.id());
    for (float beta : new float[] {0, 1}) {
      var matrix = random(random, type, 9, 768);
      var wide = Tensors.zeros(9, 768);
      matrix.widen(0, 9, wide);
      var x = Tensors.normal(random, 1, 768);
      var y = Tensors.full(1, 9, 2f);
      StreamedLinear.part(x, matrix, 0, 2, beta, y);
      for (int r = 0; r < 9; r++) {
        var row = wide.rows(r, r + 1);
        double lengths = Math.sqrt(Elementwise.sumOfSquares(x) * Elementwise.sumOfSquares(row));
        assertEquals(Tensors.dot(x, row) + 2 * beta, y.get(0, r), 1e-6 * lengths);
      }
    }
  }

  @Test
  void pairedRowsAnswerInTheOrderOfTheirHalves() {
    var random = new SplittableRandom(3);
    var stored = random(random, BlockType.Q8_0, 16, 32);
    var paired = new BlockMatrix(BlockType.Q8_0, stored.data(), 16, 32, 8);
    var order = new int[] {0, 2, 4, 6, 1, 3, 5, 7, 8, 10, 12, 14, 9, 11, 13, 15};
    var wide = Tensors.zeros(16, 32);
    stored.widen(0, 16, wide);
    var inOrder = Tensors.zeros(16, 32);
    paired.widen(0, 16, inOrder);
    for (int r = 0; r < 16; r++) {
      assertArrayEquals(
          wide.rows(order[r], order[r] + 1).toArray(), inOrder.rows(r, r + 1).toArray(), 0f);
    }
  }
}
