package dev.hone.model.grammar;

import java.util.List;

/// Where a text may be in a grammar: all its readings at once. States of the same readings are
/// equal.
///
/// What follows is noted in it as it is found out, by [Automaton]; that's not part of its value.
final class State {
  /// One way to read the text so far.
  ///
  /// @param rule that reads the next byte
  /// @param rest what is to come after it
  record Reading(int rule, Frame rest) {}

  private final List<Reading> readings;
  private final boolean isComplete;
  private final int minBytes;
  private final int hash;
  private final State[] next = new State[256];

  /// @param isComplete whether the text may end here
  /// @param minBytes the least bytes until it may
  State(List<Reading> readings, boolean isComplete, int minBytes) {
    this.readings = List.copyOf(readings);
    this.isComplete = isComplete;
    this.minBytes = minBytes;
    this.hash = this.readings.hashCode() * 2 + (isComplete ? 1 : 0);
  }

  List<Reading> readings() {
    return readings;
  }

  boolean isComplete() {
    return isComplete;
  }

  int minBytes() {
    return minBytes;
  }

  /// Whether no text of the grammar begins so.
  boolean isDead() {
    return !isComplete && readings.isEmpty();
  }

  /// What is known to follow a byte: by byte, `null` where it isn't known yet.
  State[] next() {
    return next;
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || other instanceof State that
            && hash == that.hash
            && isComplete == that.isComplete
            && readings.equals(that.readings);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
