package dev.hone.model.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PackedBatchTest {
  @Test
  void rowsLieEndToEndAndTargetsStayInTheirRow() {
    var batch = new PackedBatch(8, 3);
    batch.addRow(new int[] {5, 6, 7}, 3, i -> true, 10);
    batch.addRow(new int[] {8, 9, 4}, 2, i -> true, 3);
    assertArrayEquals(new int[] {5, 6, 7, 8, 9}, Arrays.copyOf(batch.ids(), batch.numTokens()));
    assertArrayEquals(
        new int[] {0, 1, 2, 0, 1}, Arrays.copyOf(batch.positions(), batch.numTokens()));
    assertArrayEquals(
        new int[] {6, 7, -1, 9, -1}, Arrays.copyOf(batch.targets(), batch.numTokens()));
    assertEquals(3, batch.numTargets());
    assertEquals(13, batch.targetBytes());
    assertEquals(3, batch.rowStart(1));
    assertEquals(2, batch.rowLength(1));
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
    batch.addRow(new int[] {1, 2, 3}, 3, i -> true, 7);
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
