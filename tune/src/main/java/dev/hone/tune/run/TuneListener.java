package dev.hone.tune.run;

import dev.hone.tensor.Stopwatch;
import dev.hone.tune.data.GateReport;
import dev.hone.tune.train.Measured;
import dev.hone.tune.train.StepReport;

/// Who shows a run to its user.
public interface TuneListener {
  /// A phase begins, such as "checking data"; it ends when the next one begins.
  void phase(String name);

  /// Something that the user should know and that doesn't end the run.
  void note(String text);

  /// The gate's findings; an errorful report is followed by the refusal.
  void checked(GateReport report);

  /// Before the first step.
  void planned(Plan plan);

  /// After each optimiser step.
  void stepped(StepReport report);

  /// After each evaluation on the held-out rows.
  ///
  /// @param step steps taken; 0 before the first
  void evaluated(long step, Measured heldOut, boolean isBest);

  /// Work that is no training goes on.
  ///
  /// @param unit what is counted, such as "row"
  /// @param done so many of them since the phase began
  default void progressed(String unit, long done, long total) {}

  /// Where the time of the training passes went, when training is over.
  default void profiled(Stopwatch times) {}
}
