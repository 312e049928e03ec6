package dev.hone.model.generate;

/// Why a generation ended.
public enum FinishReason {
  /// The model said so with a stop id, a stop string came, or the answer's grammar is through.
  STOP,
  /// The token limit is reached, or the context is full.
  LENGTH,
  /// The caller asked to end it, or interrupted the thread.
  CANCELLED,
  /// The time that the caller gave is over.
  DEADLINE
}
