package dev.hone.agent;

import java.util.List;

/// What a model did about a turn.
///
/// @param calls that it made, in their order
/// @param isCallMissing whether a recorded call was not made
/// @param steps messages of the model
/// @param answer its last text; empty where there is none
/// @param failure why it could not be asked; empty where it could
public record Run(
    Turn turn,
    List<MadeCall> calls,
    boolean isCallMissing,
    int steps,
    String answer,
    Ending ending,
    String failure) {
  public Run {
    calls = List.copyOf(calls);
  }

  /// How a turn ends.
  public enum Ending {
    ANSWERED,
    /// With what is meant as a call and is none.
    NO_ANSWER,
    /// Still calling when the bound on steps was reached.
    OUT_OF_STEPS,
    /// The model could not be asked.
    FAILED
  }

  public long count(Outcome outcome) {
    return calls.stream().filter(call -> call.outcome() == outcome).count();
  }

  /// Whether it made the recorded calls and no other, and answered.
  public boolean isRight() {
    return ending == Ending.ANSWERED && !isCallMissing && count(Outcome.RIGHT) == calls.size();
  }

  /// Whether it called a tool exactly where one was called.
  public boolean callsWhenDue() {
    return calls.isEmpty() == turn.calls().isEmpty();
  }
}
