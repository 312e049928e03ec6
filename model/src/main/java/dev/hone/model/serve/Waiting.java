package dev.hone.model.serve;

/// A request in the queue.
///
/// @param submitted when, in the clock of [System#nanoTime]
record Waiting(Request request, Ticket ticket, Adapters.Lease lease, long submitted) {}
