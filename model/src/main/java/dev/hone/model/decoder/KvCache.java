package dev.hone.model.decoder;

import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// Keys and values of the tokens so far, per layer `(capacity, Hkv·D)`.
public final class KvCache {
  private final List<Tensor> keys;
  private final List<Tensor> values;
  private final int capacity;
  private int length;

  private KvCache(List<Tensor> keys, List<Tensor> values, int capacity) {
    this.keys = keys;
    this.values = values;
    this.capacity = capacity;
  }

  /// @param capacity the longest sequence, tokens
  public static KvCache allocate(Allocator memory, ModelConfig config, int capacity) {
    var keys = new ArrayList<Tensor>();
    var values = new ArrayList<Tensor>();
    for (int l = 0; l < config.numLayers(); l++) {
      keys.add(memory.f32("kv cache", capacity, config.kvDim()));
      values.add(memory.f32("kv cache", capacity, config.kvDim()));
    }
    return new KvCache(keys, values, capacity);
  }

  Tensor keys(int layer) {
    return keys.get(layer);
  }

  Tensor values(int layer) {
    return values.get(layer);
  }

  /// Tokens held.
  public int length() {
    return length;
  }

  public int capacity() {
    return capacity;
  }

  /// Forgets all tokens from `newLength` on.
  public void truncate(int newLength) {
    if (newLength < 0 || newLength > length) {
      throw new IllegalArgumentException(
          "cannot cut a cache of %d tokens to %d".formatted(length, newLength));
    }
    length = newLength;
  }

  void grow(int tokens) {
    length += tokens;
  }
}
