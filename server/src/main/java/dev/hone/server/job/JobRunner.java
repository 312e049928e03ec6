package dev.hone.server.job;

import dev.hone.model.decoder.BaseDtype;
import dev.hone.server.api.JobError;
import dev.hone.server.api.JobEvent.Level;
import dev.hone.server.api.JobStatus;
import dev.hone.server.state.JobChange;
import dev.hone.server.state.State;
import dev.hone.server.state.StoredJob;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Runs jobs, one at a time, each in a worker process; starts another worker where one has ended by
/// itself.
final class JobRunner {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration BETWEEN_CLEARINGS = Duration.ofMinutes(10);

  private final State state;
  private final JobSettings settings;
  private final ReportIntake intake;
  private final BooleanSupplier isClosing;
  private Instant nextClearing = Instant.MIN;

  JobRunner(State state, JobSettings settings, BooleanSupplier isClosing) {
    this.state = state;
    this.settings = settings;
    this.intake = new ReportIntake(state);
    this.isClosing = isClosing;
  }

  /// Jobs that ran when the last server ended go on, and it was not their fault.
  void recover() throws IOException {
    for (var job = running(); job.isPresent(); job = running()) {
      settle(job.get().id(), true);
    }
  }

  private Optional<StoredJob> running() throws IOException {
    return state.jobs().next(JobStatus.RUNNING);
  }

  /// @return whether there was a job
  boolean runNext() throws IOException, InterruptedException {
    var abandoned = running(); // by an exception
    if (abandoned.isPresent()) {
      settle(abandoned.get().id(), false);
    }
    clearNowAndThen();
    var job = state.jobs().next(JobStatus.QUEUED);
    if (job.isPresent()) {
      run(job.get().id());
    }
    return job.isPresent();
  }

  private void run(String id) throws IOException, InterruptedException {
    var files = files(id);
    boolean isFirst = Files.notExists(files.order());
    var job = state.jobs().change(id, queued -> started(queued, isFirst));
    if (job.state().status() != JobStatus.RUNNING) {
      return;
    }
    orderOnce(job, files);
    boolean wasAsked;
    try (var worker = WorkerProcess.start(files)) {
      wasAsked = watch(id, worker);
    }
    takeAll(id);
    if (settle(id, wasAsked).state().status().isFinal()) {
      clear(id);
    }
  }

  private JobFiles files(String id) {
    return new JobFiles(state.jobs().directory(id));
  }

  /// Unless it was cancelled or paused meanwhile.
  private static Optional<JobChange> started(StoredJob job, boolean isFirst) {
    if (job.state().status() != JobStatus.QUEUED || job.state().isPaused()) {
      return Optional.empty();
    }
    return Optional.of(
        JobChange.of(job)
            .to(job.state().running())
            .say(
                Instant.now(),
                Level.INFO,
                isFirst ? "Fine-tuning job started" : "Fine-tuning job goes on"));
  }

  private void orderOnce(StoredJob job, JobFiles files) throws IOException {
    if (Files.exists(files.order())) {
      return;
    }
    var model = job.job().model();
    if (!settings.bases().containsKey(model)) {
      throw new IOException("the model " + model + " is no longer offered");
    }
    var hyper = job.state().hyperparameters();
    var base = settings.bases().get(model);
    new WorkOrder(
            base.toString(),
            BaseDtype.of(base).label(),
            hyper.epochs().orElseThrow(),
            hyper.batchSize().orElseThrow(),
            hyper.learningRateMultiplier().orElseThrow(),
            job.job().seed(),
            settings.threads())
        .write(files.order());
  }

  /// @return whether the worker was asked to stop
  private boolean watch(String id, WorkerProcess worker) throws IOException, InterruptedException {
    Optional<Instant> deadline = Optional.empty();
    while (!worker.endsWithin(POLL)) {
      intake.take(id);
      if (deadline.isEmpty() && mustStop(id)) {
        worker.askToStop();
        deadline = Optional.of(Instant.now().plus(settings.grace()));
      } else if (deadline.isPresent() && Instant.now().isAfter(deadline.get())) {
        worker.kill();
      }
    }
    return deadline.isPresent();
  }

  private boolean mustStop(String id) throws IOException {
    return isClosing.getAsBoolean()
        || state.jobs().current(id).state().status() != JobStatus.RUNNING;
  }

  private void takeAll(String id) throws IOException {
    boolean wasMore = true;
    while (wasMore) {
      wasMore = intake.take(id);
    }
  }

  /// What becomes of a job whose worker is no more.
  private StoredJob settle(String id, boolean wasAsked) throws IOException {
    return state
        .jobs()
        .change(
            id,
            job ->
                job.state().status() == JobStatus.RUNNING
                    ? Optional.of(wasAsked ? interrupted(job) : crashed(job))
                    : Optional.empty());
  }

  /// What a server that was killed left of jobs, and jobs that were cancelled while they waited.
  private void clearNowAndThen() throws IOException, InterruptedException {
    if (Instant.now().isBefore(nextClearing)) {
      return;
    }
    for (var job : state.jobs().ended()) {
      clear(job.id());
    }
    nextClearing = Instant.now().plus(BETWEEN_CLEARINGS);
  }

  /// Deletes what a job that has ended needs no more, once no worker writes there: one whose server
  /// was killed may still be saving.
  private void clear(String id) throws IOException, InterruptedException {
    var files = files(id);
    var lock = WorkerLock.await(files.lock(), isClosing);
    if (lock.isPresent()) {
      try (var held = lock.get()) {
        files.deleteWork(state.jobs().adapters(id));
      }
    }
  }

  private static JobChange interrupted(StoredJob job) {
    return JobChange.of(job).to(job.state().interrupted());
  }

  private JobChange crashed(StoredJob job) {
    var progress = job.progress().withFailedStart();
    var change = JobChange.of(job).to(progress);
    if (progress.failedStarts() < settings.attempts()) {
      return change
          .to(job.state().interrupted())
          .say(
              Instant.now(),
              Level.WARN,
              "The worker process ended unexpectedly; the job goes on from its last checkpoint");
    }
    var message =
        "The job failed: its worker process ended unexpectedly %d times without making progress"
            .formatted(progress.failedStarts());
    var error = new JobError("server_error", message, Optional.empty());
    return new JobFailure(error, List.of(), Optional.empty()).end(change, Instant.now());
  }
}
