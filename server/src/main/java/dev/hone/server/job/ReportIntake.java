package dev.hone.server.job;

import dev.hone.server.api.FileObject;
import dev.hone.server.api.JobError;
import dev.hone.server.api.JobEvent.Level;
import dev.hone.server.api.JobEvent.Type;
import dev.hone.server.api.JobStatus;
import dev.hone.server.state.JobChange;
import dev.hone.server.state.State;
import dev.hone.server.state.StoredJob;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Takes in what a worker reports. How far it has read is stored with what it made of it, so that
/// nothing is taken twice; steps that a killed worker's successor repeats are known by their
/// numbers.
final class ReportIntake {
  private final State state;

  ReportIntake(State state) {
    this.state = state;
  }

  /// What an end brings beside its line.
  ///
  /// @param metrics the result file of a success
  private record Attached(Optional<FileObject> metrics, Optional<JobFailure> failure) {
    static final Attached NOTHING = new Attached(Optional.empty(), Optional.empty());
  }

  /// Reads on.
  ///
  /// @return whether there was something
  boolean take(String id) throws IOException {
    var before = state.jobs().current(id);
    long offset = before.progress().offset();
    var files = new JobFiles(state.jobs().directory(id));
    var part = ReportReader.read(files.report(), offset);
    if (part.lines().isEmpty() && part.end() == offset) {
      return false;
    }
    var attached =
        before.state().status() == JobStatus.RUNNING
            ? attached(files, part.lines())
            : Attached.NOTHING;
    state.jobs().change(id, job -> Optional.of(taken(job, files, part, attached)));
    return true;
  }

  private Attached attached(JobFiles files, List<ReportLine> lines) throws IOException {
    Optional<FileObject> metrics = Optional.empty();
    Optional<JobFailure> failure = Optional.empty();
    for (var line : lines) {
      if (line instanceof ReportLine.Succeeded) {
        var csv = new ByteArrayInputStream(ResultCsv.of(files.report()));
        metrics = Optional.of(state.files().prepareResult(ResultCsv.NAME, csv));
      }
      if (line instanceof ReportLine.Failed failed) {
        failure = Optional.of(failure(files, failed));
      }
    }
    return new Attached(metrics, failure);
  }

  private JobFailure failure(JobFiles files, ReportLine.Failed line) throws IOException {
    var param = Optional.of(line.param()).filter(text -> !text.isEmpty());
    var error = new JobError(line.code(), line.message(), param);
    return JobFailure.of(error, JobFailure.read(files.offences()), state.files());
  }

  private JobChange taken(
      StoredJob job, JobFiles files, ReportReader.Part part, Attached attached) {
    var change = JobChange.of(job);
    for (var line : part.lines()) {
      if (!change.state().status().isFinal()) {
        change = taken(job, files, line, attached, change);
      }
    }
    return change.to(change.progress().at(part.end()));
  }

  private JobChange taken(
      StoredJob job, JobFiles files, ReportLine line, Attached attached, JobChange change) {
    boolean isRunning = change.state().status() == JobStatus.RUNNING;
    var at = Instant.ofEpochSecond(line.at());
    return switch (line) {
      case ReportLine.Step(var seconds, var metrics) -> step(change, at, metrics);
      case ReportLine.Checkpoint(var seconds, var metrics) ->
          checkpoint(change, at, metrics, files);
      case ReportLine.Saved(var seconds, var step) -> change.to(change.progress().saved(step));
      case ReportLine.Planned planned when isRunning ->
          change.to(change.state().expectedAt(at.plusSeconds((long) planned.seconds())));
      case ReportLine.Succeeded succeeded when isRunning ->
          succeeded(job, files, at, succeeded, attached, change);
      case ReportLine.Failed failed when isRunning ->
          attached.failure().orElseThrow().end(change, at);
      // A job that was paused meanwhile: its worker says so again when the job goes on.
      case ReportLine.Planned planned -> change;
      case ReportLine.Succeeded succeeded -> change;
      case ReportLine.Failed failed -> change;
    };
  }

  private static JobChange step(JobChange change, Instant at, ReportLine.Metrics metrics) {
    if (metrics.step() <= change.progress().reportedStep()) {
      return change;
    }
    return change
        .to(change.progress().reported(metrics.step()))
        .with(
            new JobChange.Event(
                at,
                Level.INFO,
                MetricsJson.message(metrics),
                Type.METRICS,
                MetricsJson.event(metrics)));
  }

  private JobChange checkpoint(
      JobChange change, Instant at, ReportLine.Metrics metrics, JobFiles files) {
    long step = metrics.step();
    if (step <= change.progress().savedStep()) {
      return change;
    }
    return change
        .to(change.progress().saved(step))
        .with(
            new JobChange.Checkpoint(
                at, step, MetricsJson.checkpoint(metrics), relative(files.checkpoint(step))))
        .say(at, Level.INFO, "Checkpoint created at step " + step);
  }

  private Path relative(Path adapter) {
    return state.jobs().relative(adapter);
  }

  private JobChange succeeded(
      StoredJob job,
      JobFiles files,
      Instant at,
      ReportLine.Succeeded line,
      Attached attached,
      JobChange change) {
    var model = job.job().modelName();
    return change
        .to(change.state().succeeded(at, model, line.tokens()))
        .withModel(relative(files.run()))
        .with(attached.metrics().orElseThrow())
        .say(at, Level.INFO, "New fine-tuned model created: " + model)
        .say(at, Level.INFO, "Fine tuning job successfully completed");
  }
}
