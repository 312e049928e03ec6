package dev.hone.tensor;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.testkit.Golden;
import dev.hone.testkit.Seeds;
import java.lang.foreign.Arena;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BlockRoundingTest {
  @ParameterizedTest
  @EnumSource(names = {"Q8_0", "Q4_0"})
  void roundsToTheBitsOfTheGgufPackage(BlockType type) {
    var golden = Golden.load("blocks"); // tools/parity/blocks.py
    var x = golden.f32(type + ".x");
    var blocks = Arena.ofAuto().allocate(type.byteSize(x.length), 4);
    BlockRounding.round(type, x, x.length, blocks);
    assertArrayEquals(golden.i32(type + ".blocks"), blocks.toArray(JAVA_INT));
  }

  @ParameterizedTest
  @Seeds(20)
  void whatIsReadBackIsWithinAStep(long seed) {
    var random = new SplittableRandom(seed);
    var x = new float[512];
    for (int i = 0; i < x.length; i++) x[i] = (float) random.nextGaussian();
    for (var type : BlockType.values()) {
      if (BlockRounding.knows(type)) {
        var blocks = Arena.ofAuto().allocate(type.byteSize(x.length));
        BlockRounding.round(type, x, x.length, blocks);
        var y = Tensors.zeros(1, x.length);
        new BlockMatrix(type, blocks, 1, x.length, 0).widen(0, 1, y);
        for (int g = 0; g < x.length; g += 32) {
          float largest = 0;
          double squares = 0;
          for (int i = g; i < g + 32; i++) {
            largest = Math.max(largest, Math.abs(x[i]));
            squares += Math.pow(y.get(0, i) - x[i], 2);
          }
          // half a step of the group's range at most; a whole one at an end that is cut off
          double step = largest * (type == BlockType.Q8_0 ? 1.0 / 127 : 2.0 / 15);
          assertTrue(Math.sqrt(squares / 32) < 0.6 * step, type + ": " + squares);
        }
      }
    }
  }

  /// Random numbers lose a fourteenth of their size in 4 bits with one scale, less with a minimum.
  @Test
  void groupsWithMinimaLoseLessThanBlocksWithOneScale() {
    var random = new SplittableRandom(7);
    var x = new float[1 << 14];
    for (int i = 0; i < x.length; i++) x[i] = (float) random.nextGaussian();
    assertTrue(error(BlockType.Q4_K, x) < 0.9 * error(BlockType.Q4_0, x));
    assertTrue(error(BlockType.Q8_0, x) < 0.1 * error(BlockType.Q4_K, x));
  }

  private static double error(BlockType type, float[] x) {
    var blocks = Arena.ofAuto().allocate(type.byteSize(x.length));
    BlockRounding.round(type, x, x.length, blocks);
    var y = Tensors.zeros(1, x.length);
    new BlockMatrix(type, blocks, 1, x.length, 0).widen(0, 1, y);
    double squares = 0;
    for (int i = 0; i < x.length; i++) squares += Math.pow(y.get(0, i) - x[i], 2);
    return Math.sqrt(squares / x.length);
  }

  @Test
  void zerosStayZeros() {
    for (var type : BlockType.values()) {
      if (BlockRounding.knows(type)) {
        var blocks = Arena.ofAuto().allocate(type.byteSize(256));
        BlockRounding.round(type, new float[256], 256, blocks);
        var y = Tensors.full(1, 256, 1f);
        new BlockMatrix(type, blocks, 1, 256, 0).widen(0, 1, y);
        for (float value : y.toArray()) assertTrue(value == 0);
      }
    }
  }

  @Test
  void halfABlockIsRefused() {
    var blocks = Arena.ofAuto().allocate(200);
    assertThrows(
        ShapeException.class, () -> BlockRounding.round(BlockType.Q8_0, new float[40], 40, blocks));
  }
}
