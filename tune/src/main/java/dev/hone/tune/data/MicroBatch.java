package dev.hone.tune.data;

import java.util.Arrays;

/// The examples of one forward and backward pass: the unit that no thread count divides.
///
/// @param examples indices into a [TokenStore], in order; owned by this record
public record MicroBatch(int[] examples) {
  public MicroBatch {
    if (examples.length == 0) {
      throw new IllegalArgumentException("a micro-batch needs an example");
    }
  }

  public int size() {
    return examples.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MicroBatch that && Arrays.equals(examples, that.examples);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(examples);
  }

  @Override
  public String toString() {
    return "MicroBatch" + Arrays.toString(examples);
  }
}
