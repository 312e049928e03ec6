package dev.hone.model.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PackedBatchTest {
  @Test
  void rowsLieEndToEndAndTargetsStayInTheirRow() {
    var batch = new PackedBatch(8, 3);
    batch.addRow(new int[] {5, 6, 7}, 3, i -> true, 10, 0);
    batch.addRow(new int[] {8, 9, 4}, 2, i -> true, 3, 0);
    assertArrayEquals(new int[] {5, 6, 7, 8, 9}, Arrays.copyOf(batch.ids(), batch.numTokens()));
    assertArrayEquals(
        new int[] {0, 1, 2, 0, 1}, Arrays.copyOf(batch.positions(), batch.numTokens()));
    assertArrayEquals(
        new int[] {6, 7, -1, 9, -1}, Arrays.copyOf(batch.targets(), batch.numTokens()));
    assertEquals(3, batch.numTargets());
    assertEquals(13, batch.targetBytes());
    assertEquals("0+3 on -1 | 3+2 on -1", spans(batch));
  }

  private static String spans(PackedBatch batch) {
    var spans = batch.spans();
    return IntStream.range(0, spans.size())
        .mapToObj(s -> spans.keyRow(s) + "+" + spans.length(s) + " on " + spans.base(s))
        .collect(Collectors.joining(" | "));
  }

  /// The example of the class's comment, and its last row once more.
  @Test
  void sharedPositionsLieThereOnce() {
    var batch = new PackedBatch(8, 6);
    batch.addRow(new int[] {5, 6, 7, 2}, 4, i -> true, 10, 0);
    batch.addRow(new int[] {5, 6, 7, 4}, 4, i -> true, 10, 2);
    batch.addRow(new int[] {8, 9}, 2, i -> true, 3, 0);
    assertArrayEquals(new int[] {5, 6, 7, 2, 7, 4, 8, 9}, batch.ids());
    assertArrayEquals(new int[] {0, 1, 2, 3, 2, 3, 0, 1}, batch.positions());
    assertArrayEquals(new int[] {6, 7, 2, -1, 4, -1, 9, -1}, batch.targets());
    assertArrayEquals(new int[] {2, 2, 1, 1, 1, 1, 1, 1}, batch.weights());
    assertEquals("0+2 on -1 | 2+2 on 0 | 4+2 on 0 | 6+2 on -1", spans(batch));
    assertEquals(7, batch.numTargets());
    batch.addRow(new int[] {8, 9}, 2, i -> true, 3, 2);
    assertEquals(8, batch.numTokens());
    assertEquals(4, batch.numRows());
    assertEquals(8, batch.numTargets());
    assertEquals(26, batch.targetBytes());
  }

  @Test
  void aSpanIsCutWhereALaterRowLeavesIt() {
    var batch = new PackedBatch(20, 4);
    batch.addRow(new int[] {1, 2, 3, 4, 5}, 5, i -> false, 0, 0);
    batch.addRow(new int[] {1, 2, 3, 4, 6}, 5, i -> false, 0, 4);
    batch.addRow(new int[] {1, 2, 7}, 3, i -> false, 0, 2);
    batch.addRow(new int[] {1, 2, 7}, 3, i -> false, 0, 3);
    assertEquals("0+2 on -1 | 4+1 on 3 | 5+1 on 3 | 2+2 on 0 | 6+1 on 0", spans(batch));
    assertArrayEquals(
        new int[] {4, 4, 2, 2, 1, 1, 2}, Arrays.copyOf(batch.weights(), batch.numTokens()));
  }

  @Test
  void onlyWhatIsAlikeIsShared() {
    var batch = new PackedBatch(20, 4);
    batch.addRow(new int[] {1, 2, 3, 4}, 4, i -> i > 1, 0, 0);
    int[] row = {1, 2, 3, 5};
    assertThrows(IllegalArgumentException.class, () -> batch.addRow(row, 4, i -> i > 1, 0, 4));
    assertThrows(IllegalArgumentException.class, () -> batch.addRow(row, 4, i -> i > 1, 0, 3));
    assertThrows(IllegalArgumentException.class, () -> batch.addRow(row, 4, i -> true, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> batch.addRow(row, 4, i -> i > 1, 0, -1));
    assertEquals(4, batch.numTokens());
    assertEquals("0+4 on -1", spans(batch));
    batch.addRow(row, 4, i -> i > 1, 0, 2);
    assertEquals(6, batch.numTokens());
  }

  @Test
  void onlyTrainedTokensAreTargets() {
    var batch = new PackedBatch(4, 1);
    batch.addRow(new int[] {1, 2, 3, 4}, 4, i -> i == 3);
    assertArrayEquals(new int[] {-1, -1, 4, -1}, batch.targets());
    assertEquals(1, batch.numTargets());
  }

  @Test
  void clearedBatchHoldsOnlyWhatIsAddedAfterwards() {
    var batch = new PackedBatch(4, 2);
    batch.addRow(new int[] {1, 2, 3}, 3, i -> true, 7, 0);
    batch.clear();
    assertEquals(0, batch.numTokens());
    batch.addRow(new int[] {9, 8}, 2, i -> false);
    assertEquals(1, batch.numRows());
    assertEquals(2, batch.numTokens());
    assertEquals(0, batch.numTargets());
    assertEquals(0, batch.targetBytes());
  }

  @Test
  void whatDoesNotFitIsRefusedAndLeavesTheBatchAsItWas() {
    var batch = new PackedBatch(3, 1);
    int[] row = {1, 2, 3, 4};
    assertThrows(IllegalStateException.class, () -> batch.addRow(row, 4, i -> true));
    assertEquals(0, batch.numRows());
    batch.addRow(row, 2, i -> true);
    assertThrows(IllegalStateException.class, () -> batch.addRow(row, 1, i -> true));
    assertEquals(2, batch.numTokens());
  }

  @Test
  void emptyRowsAreRefused() {
    var batch = new PackedBatch(3, 1);
    assertThrows(IllegalArgumentException.class, () -> batch.addRow(new int[0], 0, i -> true));
    assertThrows(IllegalArgumentException.class, () -> batch.addRow(new int[2], 3, i -> true));
  }
}
