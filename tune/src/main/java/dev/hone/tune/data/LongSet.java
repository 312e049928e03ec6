package dev.hone.tune.data;

/// A set of 64-bit hashes: open addressing over plain longs, 8 bytes a slot, at most three quarters
/// full.
final class LongSet {
  private static final int MAX_SLOTS = 1 << 30;

  private long[] slots = new long[1 << 10];
  private int size;
  private boolean hasZero;

  /// Adds a hash; false where it was there already.
  boolean add(long hash) {
    if (hash == 0) {
      boolean isNew = !hasZero;
      hasZero = true;
      return isNew;
    }
    int slot = slot(hash);
    if (slots[slot] == hash) {
      return false;
    }
    slots[slot] = hash;
    size++;
    if (size > slots.length - slots.length / 4) {
      grow();
    }
    return true;
  }

  boolean contains(long hash) {
    return hash == 0 ? hasZero : slots[slot(hash)] == hash;
  }

  int size() {
    return size + (hasZero ? 1 : 0);
  }

  /// The slot that holds the hash, or the free one where it belongs. Zero marks a free slot.
  private int slot(long hash) {
    int mask = slots.length - 1;
    int slot = (int) SplitMix64.mix(hash) & mask;
    while (slots[slot] != 0 && slots[slot] != hash) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private void grow() {
    if (slots.length == MAX_SLOTS) {
      throw new IllegalStateException(
          "more than %d rows: duplicates can no longer be told".formatted(size));
    }
    var old = slots;
    slots = new long[2 * old.length];
    for (long hash : old) {
      if (hash != 0) {
        slots[slot(hash)] = hash;
      }
    }
  }
}
