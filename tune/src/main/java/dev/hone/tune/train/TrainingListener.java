package dev.hone.tune.train;

import java.io.IOException;

/// Who wants to know how a run goes.
public interface TrainingListener {
  /// After each optimiser step.
  void stepped(StepReport report) throws IOException;

  /// After each evaluation on the held-out rows.
  ///
  /// @param step steps taken; 0 before the first
  void evaluated(long step, Measured heldOut, boolean isBest) throws IOException;

  /// Before a checkpoint is written: what was told so far must be on disk.
  void saving(RunState state) throws IOException;
}
