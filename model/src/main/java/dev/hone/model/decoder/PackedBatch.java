package dev.hone.model.decoder;

import dev.hone.tensor.Spans;
import java.util.Arrays;
import java.util.function.IntPredicate;

/// Rows of unequal length laid end to end, without padding: what one forward and backward pass
/// sees. A row may share its first positions with the row before it; they lie there once.
///
/// The arrays are allocated once, for the largest batch, and reused: [#clear] and [#addRow]
/// allocate nothing. Only the first [#numTokens] elements of each array are meant; the arrays
/// themselves are handed out, not copies, and belong to this batch.
///
/// With rows `[5 6 7 2]`, `[5 6 7 4]` and `[8 9]`, all tokens but the first of each trained, and
/// two positions of the first row shared by the second:
///
/// ```
/// ids        5  6 | 7  2 | 7  4 | 8  9
/// positions  0  1   2  3   2  3   0  1
/// targets    6  7   2 -1   4 -1   9 -1
/// weights    2  2   1  1   1  1   1  1
/// ```
///
/// The 7 is there twice, since what follows it differs: a position has one target.
public final class PackedBatch {
  /// In [#targets]: nothing is learned at this position.
  public static final int NO_TARGET = -1;

  private final int[] ids;
  private final int[] positions;
  private final int[] targets;
  private final int[] weights;
  private final int maxRows;
  private final Spans spans;

  /// The spans that the last row runs through.
  private final int[] path;

  private int pathLength;
  private int numTokens;
  private int numRows;
  private int numTargets;
  private long targetBytes;

  /// @param maxTokens the most tokens that a batch can hold, all rows together and shared ones
  ///   counted once
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
    weights = new int[maxTokens];
    this.maxRows = maxRows;
    // a row cuts one span in two and adds one; none is without a token
    int maxSpans = (int) Math.min(maxTokens, 2L * maxRows);
    spans = new Spans(maxSpans);
    path = new int[maxSpans];
  }

  /// Forgets all rows; the room stays.
  public void clear() {
    spans.clear();
    pathLength = 0;
    numTokens = 0;
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
    addRow(row, length, trained, 0, 0);
  }

  /// Appends one row that knows how many bytes of text its targets stand for, and what it has in
  /// common with the row before it.
  ///
  /// @param row token ids; the first `length` are copied
  /// @param length tokens in the row, at least 1
  /// @param trained whether token `i` of the row is a target; never asked of token 0, which nothing
  ///   precedes
  /// @param targetBytes UTF-8 bytes of the text behind the row's targets
  /// @param shared its first positions that are not appended but shared with the row before it;
  ///   they must have the same tokens and the same targets there
  public void addRow(int[] row, int length, IntPredicate trained, int targetBytes, int shared) {
    checkRoom(row.length, length, shared);
    checkShared(row, length, trained, shared);
    int base = share(shared);
    int start = numTokens;
    for (int i = shared; i < length; i++) {
      append(row[i], i, target(row, length, trained, i));
    }
    if (numTokens > start) {
      path[pathLength++] = spans.add(start, numTokens - start, base);
    }
    numRows++;
    this.targetBytes += targetBytes;
  }

  private static int target(int[] row, int length, IntPredicate trained, int i) {
    return i + 1 < length && trained.test(i + 1) ? row[i + 1] : NO_TARGET;
  }

  private void append(int id, int position, int target) {
    ids[numTokens] = id;
    positions[numTokens] = position;
    targets[numTokens] = target;
    weights[numTokens] = 1;
    numTargets += target == NO_TARGET ? 0 : 1;
    numTokens++;
  }

  /// Counts the path's first positions once more, cuts the path behind them, and returns the span
  /// that they end with.
  private int share(int shared) {
    int base = Spans.NOTHING;
    pathLength = 0;
    for (int at = 0; at < shared; at += spans.length(base)) {
      base = path[pathLength++];
      if (spans.length(base) > shared - at) {
        spans.split(base, shared - at);
      }
      countAgain(spans.keyRow(base), spans.length(base));
    }
    return base;
  }

  private void countAgain(int from, int length) {
    for (int t = from; t < from + length; t++) {
      weights[t]++;
      numTargets += targets[t] == NO_TARGET ? 0 : 1;
    }
  }

  private void checkRoom(int available, int length, int shared) {
    if (length < 1 || length > available) {
      throw new IllegalArgumentException(
          "row length %d is not in 1..%d".formatted(length, available));
    }
    if (numRows == maxRows || length - shared > maxTokens() - numTokens) {
      throw new IllegalStateException(
          "a row of %d tokens does not fit: %d of %d tokens and %d of %d rows are taken"
              .formatted(length - shared, numTokens, maxTokens(), numRows, maxRows));
    }
  }

  private void checkShared(int[] row, int length, IntPredicate trained, int shared) {
    int alike = alike(row, Math.min(shared, length), length, trained);
    if (alike != shared) {
      throw new IllegalArgumentException(
          "%d positions are to be shared with the row before, %d are alike"
              .formatted(shared, alike));
    }
  }

  /// How many of the first `most` positions are as in the row before.
  private int alike(int[] row, int most, int length, IntPredicate trained) {
    int i = 0;
    for (int p = 0; p < pathLength; p++) {
      int from = spans.keyRow(path[p]);
      for (int t = from; t < from + spans.length(path[p]); t++) {
        if (i == most || ids[t] != row[i] || targets[t] != target(row, length, trained, i)) {
          return i;
        }
        i++;
      }
    }
    return i;
  }

  public int maxTokens() {
    return ids.length;
  }

  public int maxRows() {
    return maxRows;
  }

  public int numRows() {
    return numRows;
  }

  /// Tokens of all rows together, shared ones counted once: what a pass computes.
  public int numTokens() {
    return numTokens;
  }

  /// Targets of all rows, shared ones counted as often as they are shared: what a summed loss is
  /// divided by.
  public int numTargets() {
    return numTargets;
  }

  /// UTF-8 bytes of the text behind the targets of all rows: what bits per byte divide by.
  public long targetBytes() {
    return targetBytes;
  }

  /// What each token stands on; token `t` is row `t` of queries, keys and values.
  public Spans spans() {
    return spans;
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

  /// How many rows share each position `(numTokens)`, so how often its target counts; the array is
  /// longer.
  public int[] weights() {
    return weights;
  }

  @Override
  public String toString() {
    return "PackedBatch[rows=%d, tokens=%d, targets=%d, ids=%s]"
        .formatted(numRows, numTokens, numTargets, Arrays.toString(Arrays.copyOf(ids, numTokens)));
  }
}
