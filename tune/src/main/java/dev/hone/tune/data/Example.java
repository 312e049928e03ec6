package dev.hone.tune.data;

import java.util.BitSet;

/// One example as it is trained: rendered, and cut to the longest length allowed.
///
/// @param ids token ids; the first `length` count
/// @param length tokens, at least [TokenStore#MIN_LENGTH]
/// @param trained which tokens are targets; no bit at 0 or beyond `length`
/// @param targetBytes UTF-8 bytes of the text behind the targets
public record Example(int[] ids, int length, BitSet trained, int targetBytes) {
  public Example {
    if (length < TokenStore.MIN_LENGTH || length > ids.length) {
      throw new IllegalArgumentException(
          "example of length %d, ids hold %d, shortest is %d"
              .formatted(length, ids.length, TokenStore.MIN_LENGTH));
    }
    if (trained.get(0) || trained.length() > length) {
      throw new IllegalArgumentException(
          "targets must lie in 1..%d, got %s".formatted(length - 1, trained));
    }
  }

  /// How many tokens are learned from.
  public int trainedTokens() {
    return trained.cardinality();
  }
}
