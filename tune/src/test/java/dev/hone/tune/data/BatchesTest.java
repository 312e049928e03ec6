package dev.hone.tune.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.decoder.PackedBatch;
import dev.hone.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;

class BatchesTest {
  @TempDir Path directory;

  @ParameterizedTest
  @Seeds(20)
  void orderIsAPermutationThatSeedAndEpochDecide(long seed) {
    int size = new SplittableRandom(seed).nextInt(2, 2000);
    int[] order = EpochOrder.of(seed, 3, size);
    int[] sorted = order.clone();
    Arrays.sort(sorted);
    assertArrayEquals(EpochOrder.inFileOrder(size), sorted);
    assertArrayEquals(order, EpochOrder.of(seed, 3, size));
    if (size > 20) {
      assertFalse(Arrays.equals(order, EpochOrder.of(seed, 4, size)));
      assertFalse(Arrays.equals(order, EpochOrder.of(seed + 1, 3, size)));
    }
  }

  @Test
  void orderDoesNotChangeBetweenReleases() {
    assertEquals("[0, 6, 1, 4, 2, 7, 5, 3, 8, 9]", Arrays.toString(EpochOrder.of(42, 0, 10)));
  }

  @Test
  void everyPlaceIsEquallyLikely() {
    int[][] counts = new int[5][5];
    for (int epoch = 0; epoch < 20_000; epoch++) {
      int[] order = EpochOrder.of(1, epoch, 5);
      for (int place = 0; place < 5; place++) {
        counts[place][order[place]]++;
      }
    }
    double sigma = Math.sqrt(20_000 * 0.2 * 0.8);
    IntStream.range(0, 25).forEach(i -> assertEquals(4000, counts[i / 5][i % 5], 4.5 * sigma));
  }

  @Test
  void splitMix64GivesThePublishedNumbers() {
    var random = new SplitMix64(1234567L);
    assertEquals("6457827717110365317", Long.toUnsignedString(random.nextLong()));
    assertEquals("3203168211198807973", Long.toUnsignedString(random.nextLong()));
    assertEquals("9817491932198370423", Long.toUnsignedString(random.nextLong()));
  }

  @ParameterizedTest
  @Seeds(20)
  void batchesAndMicroBatchesCoverTheEpochInOrder(long seed) {
    var random = new SplittableRandom(seed);
    int size = random.nextInt(1, 500);
    int[] lengths = random.ints(size, 2, 300).toArray();
    int batchSize = random.nextInt(1, 40);
    int microBatchTokens = random.nextInt(1, 600);
    int[] order = EpochOrder.of(seed, 0, size);
    var seen = IntStream.builder();
    for (int b = 0; b < Batches.perEpoch(size, batchSize); b++) {
      int[] batch = Batches.batch(order, b, batchSize);
      var cut = Batches.cut(batch, i -> lengths[i], microBatchTokens);
      checkCut(cut, lengths, microBatchTokens);
      cut.forEach(micro -> Arrays.stream(micro.examples()).forEach(seen));
    }
    assertArrayEquals(order, seen.build().toArray());
  }

  private static void checkCut(List<MicroBatch> cut, int[] lengths, int microBatchTokens) {
    for (int m = 0; m < cut.size(); m++) {
      int tokens = tokens(cut.get(m), lengths);
      assertTrue(tokens <= microBatchTokens || cut.get(m).size() == 1);
      if (m + 1 < cut.size()) {
        int next = lengths[cut.get(m + 1).examples()[0]];
        assertTrue(tokens + next > microBatchTokens, "a micro-batch is as full as may be");
      }
    }
  }

  private static int tokens(MicroBatch micro, int[] lengths) {
    return Arrays.stream(micro.examples()).map(i -> lengths[i]).sum();
  }

  @Test
  void lastBatchIsShorter() {
    int[] order = EpochOrder.inFileOrder(10);
    assertEquals(3, Batches.perEpoch(10, 4));
    assertArrayEquals(new int[] {8, 9}, Batches.batch(order, 2, 4));
    assertThrows(IndexOutOfBoundsException.class, () -> Batches.batch(order, 3, 4));
  }

  @Test
  void microBatchesAreEqualWhereTheirExamplesAre() {
    assertEquals(new MicroBatch(new int[] {1, 2}), new MicroBatch(new int[] {1, 2}));
    assertNotEquals(new MicroBatch(new int[] {1, 2}), new MicroBatch(new int[] {2, 1}));
    assertThrows(IllegalArgumentException.class, () -> new MicroBatch(new int[0]));
  }

  @ParameterizedTest
  @Seeds(10)
  void packedBatchHoldsTheRowsOfTheStore(long seed) throws IOException {
    var random = new SplittableRandom(seed);
    var examples = Stream.generate(() -> TestRows.random(random)).limit(100).toList();
    int microBatchTokens = random.nextInt(1, 400);
    try (var store = store(examples)) {
      var packer = new Packer(store);
      var batch = Packer.allocate(store.longest(), microBatchTokens);
      for (var micro : Batches.cut(EpochOrder.of(seed, 0, 100), store::length, microBatchTokens)) {
        packer.fill(batch, micro);
        checkPacked(batch, micro, examples);
      }
    }
  }

  private static void checkPacked(PackedBatch batch, MicroBatch micro, List<Example> examples) {
    assertEquals(micro.size(), batch.numRows());
    int targets = 0;
    long bytes = 0;
    for (int r = 0; r < batch.numRows(); r++) {
      var example = examples.get(micro.examples()[r]);
      assertEquals(example.length(), batch.rowLength(r));
      for (int t = 0; t < example.length(); t++) {
        int at = batch.rowStart(r) + t;
        assertEquals(example.ids()[t], batch.ids()[at]);
        assertEquals(t, batch.positions()[at]);
        int target = example.trained().get(t + 1) ? example.ids()[t + 1] : PackedBatch.NO_TARGET;
        assertEquals(target, batch.targets()[at]);
      }
      targets += example.trainedTokens();
      bytes += example.targetBytes();
    }
    assertEquals(targets, batch.numTargets());
    assertEquals(bytes, batch.targetBytes());
  }

  private TokenStore store(List<Example> examples) throws IOException {
    var path = directory.resolve("a.tokens");
    try (var writer = new TokenStoreWriter(path, TestRows.KEY)) {
      for (var example : examples) {
        writer.add(1, example);
      }
      writer.commit();
    }
    return TokenStore.open(path);
  }
}
