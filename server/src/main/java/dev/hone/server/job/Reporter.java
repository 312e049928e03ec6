package dev.hone.server.job;

import dev.hone.model.UsageException;
import dev.hone.model.adapter.PeftAdapter;
import dev.hone.tune.data.GateReport;
import dev.hone.tune.run.Plan;
import dev.hone.tune.run.TuneListener;
import dev.hone.tune.train.Measured;
import dev.hone.tune.train.StepReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Optional;
import java.util.OptionalDouble;

/// Tells of a run in its report, and keeps the adapters of the epochs.
final class Reporter implements TuneListener {
  /// Ten years: an estimate beyond is none.
  private static final double LONGEST_SECONDS = 3.2e8;

  private final JobFiles files;
  private final Report report;
  private String phase = "";

  /// The last step; it is told when it is known whether an evaluation follows it.
  private Optional<ReportLine.Metrics> last = Optional.empty();

  private boolean isLastTold;

  Reporter(JobFiles files, Report report) {
    this.files = files;
    this.report = report;
  }

  static long now() {
    return System.currentTimeMillis() / 1000;
  }

  /// What the run is at.
  String phase() {
    return phase;
  }

  @Override
  public void phase(String name) {
    phase = name;
  }

  @Override
  public void note(String text) {}

  @Override
  public void checked(GateReport gate) {}

  @Override
  public void planned(Plan plan) {
    double seconds = Math.min(plan.estimatedSeconds(), LONGEST_SECONDS);
    addUnchecked(new ReportLine.Planned(now(), plan.totalSteps(), seconds));
  }

  @Override
  public void stepped(StepReport r) {
    tellLast();
    last =
        Optional.of(
            new ReportLine.Metrics(
                r.step(),
                r.totalSteps(),
                r.loss(),
                r.tokenAccuracy(),
                OptionalDouble.empty(),
                OptionalDouble.empty()));
    isLastTold = false;
  }

  @Override
  public void evaluated(long step, Measured heldOut, boolean isBest) {
    var evaluation = heldOut.evaluation();
    last = last.map(metrics -> metrics.measured(evaluation.loss(), evaluation.tokenAccuracy()));
  }

  private void tellLast() {
    if (last.isPresent() && !isLastTold) {
      addUnchecked(new ReportLine.Step(now(), last.get()));
      isLastTold = true;
    }
  }

  private void addUnchecked(ReportLine line) {
    try {
      report.add(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void saving(long step, Optional<Snapshot> epochEnd) throws IOException {
    tellLast();
    boolean isEpochEnd = epochEnd.isPresent() && last.isPresent() && last.get().step() == step;
    report.add(
        isEpochEnd && isKept(step, epochEnd.get())
            ? new ReportLine.Checkpoint(now(), last.get())
            : new ReportLine.Saved(now(), step));
    report.force();
  }

  /// Writes the adapter, unless it is there already: the same step gives the same bytes.
  ///
  /// @return false where it could not be served
  private boolean isKept(long step, Snapshot adapter) throws IOException {
    var dir = files.checkpoint(step);
    if (PeftAdapter.isAdapter(dir)) {
      return true;
    }
    Files.createDirectories(dir);
    try {
      adapter.writeInto(dir);
      return true;
    } catch (UsageException e) {
      Files.delete(dir);
      return false;
    }
  }
}
