package dev.hone.model.text;

import java.util.BitSet;

/// A rendered example: token ids, and which of them are learned from.
///
/// @param ids token ids, the first one included (BOS where the model wants one)
/// @param trained bit `i` set: token `i` is a target, predicted from the tokens before it; never
///   bit 0
/// @param targetBytes UTF-8 bytes of the text behind the trained tokens; special tokens count none
public record Rendered(int[] ids, BitSet trained, int targetBytes) {
  /// How many tokens are learned from.
  public int trainedTokens() {
    return trained.cardinality();
  }
}
