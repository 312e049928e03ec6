package dev.hone.model.serve;

/// What became of a request that was handed in.
public sealed interface Submission {
  /// It will be answered.
  record Accepted(Ticket ticket) implements Submission {}

  /// There is no room for it now: the queue is full, or the adapters in use leave no memory for its
  /// own.
  record Full() implements Submission {}
}
