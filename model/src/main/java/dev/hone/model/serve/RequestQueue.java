package dev.hone.model.serve;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Predicate;

/// Requests that wait, bounded; clients take turns, and a client's own come one after the other.
/// For any thread.
final class RequestQueue {
  private final int capacity;

  /// By client, whose turn it is first.
  private final SequencedMap<String, ArrayDeque<Waiting>> clients = new LinkedHashMap<>();

  private int size;
  private boolean isClosed;

  RequestQueue(int capacity) {
    this.capacity = capacity;
  }

  /// @return false where it is full
  synchronized boolean offer(Waiting waiting) {
    if (isClosed) throw new IllegalStateException("the engine is closed");
    if (size == capacity) return false;
    clients.computeIfAbsent(waiting.request().client(), c -> new ArrayDeque<>()).add(waiting);
    size++;
    notifyAll();
    return true;
  }

  synchronized int size() {
    return size;
  }

  /// The next request, which stays.
  synchronized Optional<Waiting> peek() {
    return clients.isEmpty()
        ? Optional.empty()
        : Optional.of(clients.firstEntry().getValue().element());
  }

  /// Takes the next request out; its client is last in turn then.
  synchronized Optional<Waiting> poll() {
    var turn = clients.pollFirstEntry();
    if (turn == null) return Optional.empty();
    var waiting = turn.getValue().remove();
    if (!turn.getValue().isEmpty()) clients.putLast(turn.getKey(), turn.getValue());
    size--;
    return Optional.of(waiting);
  }

  /// Takes out all that match.
  synchronized List<Waiting> removeIf(Predicate<Waiting> predicate) {
    var removed = new ArrayList<Waiting>();
    Iterator<Map.Entry<String, ArrayDeque<Waiting>>> each = clients.entrySet().iterator();
    while (each.hasNext()) {
      var ofClient = each.next().getValue();
      ofClient.stream().filter(predicate).forEach(removed::add);
      ofClient.removeIf(predicate);
      if (ofClient.isEmpty()) each.remove();
    }
    size -= removed.size();
    return removed;
  }

  /// Waits until there is a request.
  ///
  /// @return false when the queue was closed
  synchronized boolean await() throws InterruptedException {
    while (size == 0 && !isClosed) {
      wait();
    }
    return !isClosed;
  }

  synchronized boolean isClosed() {
    return isClosed;
  }

  /// Takes no more.
  synchronized void close() {
    isClosed = true;
    notifyAll();
  }
}
