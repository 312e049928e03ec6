package dev.hone.tune.data;

/// The order in which an epoch visits the examples: a function of seed, epoch and count alone, so
/// that a position in it is all that a checkpoint saves.
public final class EpochOrder {
  private EpochOrder() {}

  /// A permutation of `0 … size-1` (Fisher-Yates over SplitMix64).
  ///
  /// @param seed the run's seed
  /// @param epoch from 0
  /// @param size number of examples
  public static int[] of(long seed, int epoch, int size) {
    var random = new SplitMix64(SplitMix64.mix(seed) + epoch);
    int[] order = inFileOrder(size);
    for (int i = size - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    return order;
  }

  /// `0 … size-1`: the order of evaluation.
  public static int[] inFileOrder(int size) {
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      order[i] = i;
    }
    return order;
  }
}
