package dev.hone.tune.data;

import java.util.Arrays;

/// The examples of one forward and backward pass: the unit that no thread count divides.
///
/// @param examples indices into a [TokenStore], in order; owned by this record
/// @param shared per example, how many of its first positions it shares with the one before it;
///   owned by this record
public record MicroBatch(int[] examples, int[] shared) {
  public MicroBatch {
    if (examples.length == 0) {
      throw new IllegalArgumentException("a micro-batch needs an example");
    }
    if (shared.length != examples.length || shared[0] != 0) {
      throw new IllegalArgumentException(
          "%d examples share %s positions".formatted(examples.length, Arrays.toString(shared)));
    }
  }

  public int size() {
    return examples.length;
  }

  /// Tokens that its pass computes: shared ones count once.
  public int tokens(TokenStore store) {
    return store.tokens(examples) - Arrays.stream(shared).sum();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MicroBatch that
        && Arrays.equals(examples, that.examples)
        && Arrays.equals(shared, that.shared);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(examples) + Arrays.hashCode(shared);
  }

  @Override
  public String toString() {
    return "MicroBatch%s sharing %s".formatted(Arrays.toString(examples), Arrays.toString(shared));
  }
}
