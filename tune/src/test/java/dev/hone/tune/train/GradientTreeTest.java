package dev.hone.tune.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.hone.model.decoder.DecoderGradients;
import dev.hone.model.decoder.ParameterSet;
import dev.hone.tensor.ArenaAllocator;
import dev.hone.tensor.Workers;
import dev.hone.testkit.Seeds;
import java.lang.foreign.Arena;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

class GradientTreeTest {
  private static final int SIZE = 1000;

  @ParameterizedTest
  @Seeds(20)
  void anyNumberOfWorkersGivesTheSameBits(long seed) {
    int leaves = new SplittableRandom(seed).nextInt(1, 40);
    var alone = sum(seed, leaves, 1);
    for (int workers : new int[] {2, 3, 7}) {
      assertArrayEquals(
          alone, sum(seed, leaves, workers), workers + " workers, " + leaves + " leaves");
    }
  }

  @Test
  void nodesAreAddedPairwise() {
    // 1e8 + 1 rounds to 1e8 in float32: only (a + b) + (c + d) gives 2
    float[] values = {1e8f, -1e8f, 1f, 1f};
    try (var arena = Arena.ofShared();
        var workers = new Workers(2)) {
      var tree = tree(arena, 4, 2);
      var root = tree.sum(4, workers, (leaf, worker, into) -> into.flat().set(0, 0, values[leaf]));
      assertEquals(2f, root.flat().get(0, 0));
    }
  }

  @Test
  void aFailingLeafEndsTheSumForAll() {
    try (var arena = Arena.ofShared();
        var workers = new Workers(3)) {
      var tree = tree(arena, 16, 3);
      assertThrows(
          IllegalStateException.class,
          () ->
              tree.sum(
                  16,
                  workers,
                  (leaf, worker, into) -> {
                    if (leaf == 5) {
                      throw new IllegalStateException("leaf 5");
                    }
                  }));
    }
  }

  private static float[] sum(long seed, int leaves, int numWorkers) {
    try (var arena = Arena.ofShared();
        var workers = new Workers(numWorkers)) {
      var root =
          tree(arena, leaves, numWorkers)
              .sum(
                  leaves,
                  workers,
                  (leaf, worker, into) -> {
                    var random = new SplittableRandom(seed + leaf);
                    for (int i = 0; i < SIZE; i++) {
                      into.flat()
                          .set(
                              i,
                              0,
                              (float) (random.nextDouble() * Math.pow(10, random.nextInt(8))));
                    }
                  });
      return root.flat().toArray();
    }
  }

  private static GradientTree tree(Arena arena, int leaves, int workers) {
    var memory = new ArenaAllocator(arena);
    return new GradientTree(
        GradientTree.allocate(
            GradientTree.buffers(leaves, workers), () -> GradientTreeTest.buffer(memory)));
  }

  private static DecoderGradients buffer(ArenaAllocator memory) {
    var parameter = dev.hone.model.decoder.Parameter.matrix("w", SIZE, 1);
    return DecoderGradients.of(
        tiny(), ParameterSet.allocate(memory, "g", java.util.List.of(parameter)));
  }

  private static dev.hone.model.checkpoint.ModelConfig tiny() {
    return new dev.hone.model.checkpoint.ModelConfig(
        8,
        4,
        4,
        1,
        1,
        1,
        4,
        8,
        1e-6,
        10000,
        new dev.hone.model.checkpoint.RopeScaling.None(),
        true,
        dev.hone.model.checkpoint.BlockForm.llama(1, 4, false, false),
        java.util.OptionalInt.empty(),
        java.util.List.of(2),
        "float32");
  }
}
