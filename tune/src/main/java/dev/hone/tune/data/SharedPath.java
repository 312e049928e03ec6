package dev.hone.tune.data;

/// The pieces that the last row of a pass is made of, each shared by other rows than the one before
/// it; decides how much of itself the next row shares.
final class SharedPath {
  /// The shortest piece worth sharing, in positions. One more piece costs some small products per
  /// layer and head, forward and backward, as much as two or three tokens cost altogether.
  static final int LEAST = 8;

  private final int[] ends;
  private int size;

  /// @param longest the longest row, tokens
  SharedPath(int longest) {
    ends = new int[longest];
  }

  /// How many positions the next row shares, given how many it has in common with the last one: all
  /// of them, or as many as end where a piece ends.
  int shared(int common) {
    int from = 0;
    for (int p = 0; p < size && from < common; p++) {
      if (ends[p] > common) {
        return common - from < LEAST ? from : common;
      }
      from = ends[p];
    }
    return from;
  }

  /// Goes on to the next row; the first row of a pass shares nothing.
  void follow(int shared, int length) {
    int kept = 0;
    while (kept < size && ends[kept] < shared) {
      kept++;
    }
    size = kept;
    if (shared > 0) {
      ends[size++] = shared;
    }
    if (length > shared) {
      ends[size++] = length;
    }
  }
}
