package dev.hone.tensor;

import java.util.Arrays;

/// The keys that one span sees, as ranges of neighbouring rows, the span's own last tokens first.
///
/// In a block's scores all keys lie side by side in the order of the sequence: `column` says where
/// a range starts there.
final class KeyRanges {
  private int[] rows = new int[8];
  private int[] columns = new int[8];
  private int size;

  /// Becomes the ranges of one span. Spans that lie one behind the other are one range, so that a
  /// row gives the same bits in one piece or in several.
  void set(Spans spans, int span) {
    size = 0;
    for (int s = span; s != Spans.NOTHING; s = spans.base(s)) {
      boolean adjoins = size > 0 && spans.keyRow(s) + spans.length(s) == rows[size - 1];
      size += adjoins ? 0 : 1;
      reserve();
      rows[size - 1] = spans.keyRow(s);
      columns[size - 1] = spans.past(s);
    }
  }

  private void reserve() {
    if (size > rows.length) {
      rows = Arrays.copyOf(rows, 2 * rows.length);
      columns = Arrays.copyOf(columns, 2 * columns.length);
    }
  }

  int size() {
    return size;
  }

  /// The first row of keys.
  int row(int range) {
    return rows[range];
  }

  /// The range's first column in the scores.
  int column(int range) {
    return columns[range];
  }

  /// Keys of the range among the first `keys` of the sequence.
  int length(int range, int keys) {
    return (range == 0 ? keys : columns[range - 1]) - columns[range];
  }
}
