package dev.hone.model.decoder;

import java.util.Arrays;
import java.util.function.IntPredicate;

/// Rows of unequal length laid end to end, without padding: what one forward and backward pass
/// sees.
///
/// The arrays are allocated once, for the largest batch, and reused: [#clear] and [#addRow]
/// allocate nothing. Only the first [#numTokens] elements of each array are meant; the arrays
/// themselves are handed out, not copies, and belong to this batch.
///
/// With rows `[5 6 7]` and `[8 9]`, all tokens but the first of each trained:
///
/// ```
/// ids        5  6  7  8  9
/// positions  0  1  2  0  1
/// targets    6  7 -1  9 -1
/// ```
public final class PackedBatch {
  /// In [#targets]: nothing is learned at this position.
  public static final int NO_TARGET = -1;

  private final int[] ids;
  private final int[] positions;
  private final int[] targets;
  private final int[] rowStarts;
  private int numRows;
  private int numTargets;
  private long targetBytes;

  /// @param maxTokens the most tokens that a batch can hold, all rows together
  /// @param maxRows the most rows that a batch can hold
  public PackedBatch(int maxTokens, int maxRows) {
    if (maxTokens < 1 || maxRows < 1) {
      throw new IllegalArgumentException(
          "a packed batch needs room for 1 token and 1 row, got %d and %d"
              .formatted(maxTokens, maxRows));
    }
    ids = new int[maxTokens];
    positions = new int[maxTokens];
    targets = new int[maxTokens];
    rowStarts = new int[maxRows + 1];
  }

  /// Forgets all rows; the room stays.
  public void clear() {
    numRows = 0;
    numTargets = 0;
    targetBytes = 0;
  }

  /// Appends one row.
  ///
  /// @param row token ids; the first `length` are copied
  /// @param length tokens in the row, at least 1
  /// @param trained whether token `i` of the row is a target; never asked of token 0, which nothing
  ///   precedes
  public void addRow(int[] row, int length, IntPredicate trained) {
    addRow(row, length, trained, 0);
  }

  /// Appends one row that knows how many bytes of text its targets stand for.
  ///
  /// @param row token ids; the first `length` are copied
  /// @param length tokens in the row, at least 1
  /// @param trained whether token `i` of the row is a target; never asked of token 0, which nothing
  ///   precedes
  /// @param targetBytes UTF-8 bytes of the text behind the row's targets
  public void addRow(int[] row, int length, IntPredicate trained, int targetBytes) {
    int start = numTokens();
    checkRoom(start, row.length, length);
    System.arraycopy(row, 0, ids, start, length);
    for (int i = 0; i < length; i++) {
      positions[start + i] = i;
      boolean hasTarget = i + 1 < length && trained.test(i + 1);
      targets[start + i] = hasTarget ? row[i + 1] : NO_TARGET;
      numTargets += hasTarget ? 1 : 0;
    }
    numRows++;
    rowStarts[numRows] = start + length;
    this.targetBytes += targetBytes;
  }

  private void checkRoom(int start, int available, int length) {
    if (length < 1 || length > available) {
      throw new IllegalArgumentException(
          "row length %d is not in 1..%d".formatted(length, available));
    }
    if (numRows == maxRows() || length > maxTokens() - start) {
      throw new IllegalStateException(
          "a row of %d tokens does not fit: %d of %d tokens and %d of %d rows are taken"
              .formatted(length, start, maxTokens(), numRows, maxRows()));
    }
  }

  public int maxTokens() {
    return ids.length;
  }

  public int maxRows() {
    return rowStarts.length - 1;
  }

  public int numRows() {
    return numRows;
  }

  /// Tokens of all rows together.
  public int numTokens() {
    return rowStarts[numRows];
  }

  /// Positions that have a target: what a summed loss is divided by.
  public int numTargets() {
    return numTargets;
  }

  /// UTF-8 bytes of the text behind the targets: what bits per byte divide by.
  public long targetBytes() {
    return targetBytes;
  }

  /// Where row `r` starts; `rowStart(numRows())` is [#numTokens].
  public int rowStart(int r) {
    if (r < 0 || r > numRows) {
      throw new IndexOutOfBoundsException("row %d of %d".formatted(r, numRows));
    }
    return rowStarts[r];
  }

  /// Tokens of row `r`.
  public int rowLength(int r) {
    return rowStart(r + 1) - rowStart(r);
  }

  /// Token ids `(numTokens)`; the array is longer.
  public int[] ids() {
    return ids;
  }

  /// Positions in their row `(numTokens)`, from 0; the array is longer.
  public int[] positions() {
    return positions;
  }

  /// The id to predict at each position `(numTokens)`, or [#NO_TARGET]; the array is longer.
  public int[] targets() {
    return targets;
  }

  @Override
  public String toString() {
    return "PackedBatch[rows=%d, tokens=%d, targets=%d, ids=%s]"
        .formatted(
            numRows, numTokens(), numTargets, Arrays.toString(Arrays.copyOf(ids, numTokens())));
  }
}
