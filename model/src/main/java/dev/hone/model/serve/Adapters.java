package dev.hone.model.serve;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.decoder.PackedAdapter;
import dev.hone.tensor.ArenaAllocator;
import java.lang.foreign.Arena;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The adapters of an engine. What is in use is in memory; what was in use stays there within a
/// limit, the least recently used one going first. For any thread.
final class Adapters implements AutoCloseable {
  private final int maxRank;
  private final long maxBytes;

  /// The least recently used first.
  private final Map<AdapterHandle, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

  private long bytes;
  private long nextId;
  private long nextRoot = 1;

  /// Weights in memory.
  ///
  /// @param root of what these weights give: no two loads have the same
  record Loaded(Arena arena, PackedAdapter adapter, long root) {}

  /// What a request holds while it is under way.
  ///
  /// @param root 0 for the base
  record Lease(Optional<AdapterHandle> handle, PackedAdapter adapter, long root) {
    static final Lease BASE = new Lease(Optional.empty(), PackedAdapter.NONE, 0);
  }

  private static final class Entry {
    private final AdapterSource source;
    private Optional<Loaded> loaded = Optional.empty();
    private int users;
    private boolean isRemoved;

    Entry(AdapterSource source) {
      this.source = source;
    }

    boolean isIdle() {
      return users == 0 && loaded.isPresent();
    }
  }

  /// @param maxRank of any adapter
  /// @param maxBytes of all that are in memory
  Adapters(int maxRank, long maxBytes) {
    this.maxRank = maxRank;
    this.maxBytes = maxBytes;
  }

  /// Loads an adapter, so that one that cannot be is refused now.
  synchronized AdapterHandle add(String name, AdapterSource source) throws CheckpointException {
    var handle = new AdapterHandle(name, nextId++);
    var entry = new Entry(source);
    if (!load(handle, entry)) {
      throw new UsageException(
          "there is no memory for the adapter " + name + " beside those in use",
          "allow adapters more memory, or wait until requests are done");
    }
    entries.put(handle, entry);
    return handle;
  }

  /// The adapter goes once no request uses it any more; new ones are refused.
  synchronized void remove(AdapterHandle handle) {
    var entry = known(handle);
    entry.isRemoved = true;
    dropIfUnused(handle, entry);
  }

  /// Keeps an adapter in memory until [#release].
  ///
  /// @return empty when there is no memory for it beside those in use
  synchronized Optional<Lease> acquire(AdapterHandle handle) throws CheckpointException {
    var entry = known(handle);
    if (entry.loaded.isEmpty() && !load(handle, entry)) return Optional.empty();
    entry.users++;
    var loaded = entry.loaded.get();
    return Optional.of(new Lease(Optional.of(handle), loaded.adapter, loaded.root));
  }

  synchronized void release(Lease lease) {
    if (lease.handle.isEmpty()) return;
    var handle = lease.handle.get();
    var entry = entries.get(handle);
    entry.users--;
    dropIfUnused(handle, entry);
  }

  /// Bytes of all that are in memory.
  synchronized long byteSize() {
    return bytes;
  }

  private Entry known(AdapterHandle handle) {
    var entry = entries.get(handle);
    if (entry == null || entry.isRemoved) {
      throw new UsageException(
          "there is no adapter " + handle.name() + " any more", "take another one, or add it");
    }
    return entry;
  }

  private void dropIfUnused(AdapterHandle handle, Entry entry) {
    if (!entry.isRemoved || entry.users > 0) return;
    unload(entry);
    entries.remove(handle);
  }

  private boolean load(AdapterHandle handle, Entry entry) throws CheckpointException {
    @SuppressWarnings("MustBeClosedChecker") // closed where it is unloaded, or below
    var arena = Arena.ofShared();
    boolean isKept = false;
    try {
      var adapter = entry.source.load(new ArenaAllocator(arena));
      requireFits(handle, adapter);
      isKept = makeRoom(adapter.byteSize());
      if (isKept) {
        entry.loaded = Optional.of(new Loaded(arena, adapter, nextRoot++));
        bytes += adapter.byteSize();
      }
      return isKept;
    } finally {
      if (!isKept) arena.close();
    }
  }

  private void requireFits(AdapterHandle handle, PackedAdapter adapter) {
    if (adapter.maxRank() > maxRank) {
      throw new UsageException(
          "the adapter %s has rank %d, and at most %d is allowed"
              .formatted(handle.name(), adapter.maxRank(), maxRank),
          "allow a higher rank, or train it with a lower one");
    }
    if (adapter.byteSize() > maxBytes) {
      throw new UsageException(
          "the adapter %s takes %,d bytes, and all together may take %,d"
              .formatted(handle.name(), adapter.byteSize(), maxBytes),
          "allow adapters more memory");
    }
  }

  /// Unloads idle adapters until there is room.
  private boolean makeRoom(long needed) {
    for (var entry : entries.values()) {
      if (bytes + needed <= maxBytes) break;
      if (entry.isIdle()) unload(entry);
    }
    return bytes + needed <= maxBytes;
  }

  private void unload(Entry entry) {
    if (entry.loaded.isEmpty()) return;
    bytes -= entry.loaded.get().adapter.byteSize();
    entry.loaded.get().arena.close();
    entry.loaded = Optional.empty();
  }

  /// Frees all weights; none may be in use.
  @Override
  public synchronized void close() {
    entries.values().forEach(this::unload);
    entries.clear();
  }
}
