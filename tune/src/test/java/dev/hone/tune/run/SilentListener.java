package dev.hone.tune.run;

import dev.hone.tune.data.GateReport;
import dev.hone.tune.train.Measured;
import dev.hone.tune.train.StepReport;
import java.util.ArrayList;
import java.util.List;

/// Shows nothing, and keeps the notes.
public final class SilentListener implements TuneListener {
  private final List<String> notes = new ArrayList<>();

  List<String> notes() {
    return notes;
  }

  @Override
  public void phase(String name) {}

  @Override
  public void note(String text) {
    notes.add(text);
  }

  @Override
  public void checked(GateReport report) {}

  @Override
  public void planned(Plan plan) {}

  @Override
  public void stepped(StepReport report) {}

  @Override
  public void evaluated(long step, Measured heldOut, boolean isBest) {}
}
