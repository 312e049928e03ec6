package dev.hone.tune.run;

import dev.hone.tensor.Stopwatch;
import dev.hone.tune.data.GateReport;
import dev.hone.tune.train.Measured;
import dev.hone.tune.train.StepReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

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

  /// Before a checkpoint is written, from which the run could go on: what was told so far will not
  /// be told again.
  ///
  /// @param step steps taken
  /// @param epochEnd the adapter, where an epoch of training one ends with this step
  default void saving(long step, Optional<Snapshot> epochEnd) throws IOException {}

  /// An adapter as it is at some step.
  @FunctionalInterface
  interface Snapshot {
    /// Writes it into a directory, as a finished run does.
    ///
    /// @throws UsageException when it changes nothing yet, or has diverged
    void writeInto(Path dir) throws IOException;
  }

  /// Work that is no training goes on.
  ///
  /// @param unit what is counted, such as "row"
  /// @param done so many of them since the phase began
  default void progressed(String unit, long done, long total) {}

  /// Where the time of the training passes went, when training is over.
  default void profiled(Stopwatch times) {}
}
