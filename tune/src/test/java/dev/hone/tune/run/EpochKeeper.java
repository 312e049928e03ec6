package dev.hone.tune.run;

import dev.hone.tune.data.GateReport;
import dev.hone.tune.train.Measured;
import dev.hone.tune.train.StepReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Keeps the adapter of every epoch, in directories named after the steps.
final class EpochKeeper implements TuneListener {
  final List<Long> steps = new ArrayList<>();
  private final Path dir;

  EpochKeeper(Path dir) {
    this.dir = dir;
  }

  @Override
  public void saving(long step, Optional<Snapshot> epochEnd) throws IOException {
    if (epochEnd.isPresent()) {
      steps.add(step);
      epochEnd.get().writeInto(Files.createDirectory(dir.resolve("" + step)));
    }
  }

  @Override
  public void phase(String name) {}

  @Override
  public void note(String text) {}

  @Override
  public void checked(GateReport report) {}

  @Override
  public void planned(Plan plan) {}

  @Override
  public void stepped(StepReport report) {}

  @Override
  public void evaluated(long step, Measured heldOut, boolean isBest) {}
}
