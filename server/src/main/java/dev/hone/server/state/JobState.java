package dev.hone.server.state;

import dev.hone.server.api.Hyperparameters;
import dev.hone.server.api.JobError;
import dev.hone.server.api.JobStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What of a job changes, and how it may:
///
///     validating_files ──► queued ◄──► running ──► succeeded
///            │                │           │
///            └────────────────┴───────────┴──────► failed, cancelled
///
/// A pause is a mark on a job that is queued, or still being validated: the API has no status for
/// it.
public record JobState(
    JobStatus status,
    boolean isPaused,
    Optional<Instant> finishedAt,
    Optional<String> fineTunedModel,
    Hyperparameters hyperparameters,
    List<String> resultFiles,
    Optional<Long> trainedTokens,
    Optional<JobError> error,
    Optional<Instant> estimatedFinish) {
  public JobState {
    resultFiles = List.copyOf(resultFiles);
  }

  /// A job that was just created.
  public static JobState created(Hyperparameters hyperparameters) {
    return new JobState(
        JobStatus.VALIDATING_FILES,
        false,
        Optional.empty(),
        Optional.empty(),
        hyperparameters,
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /// Its files are valid.
  ///
  /// @param decided nothing in it is `auto`
  public JobState validated(Hyperparameters decided) {
    require(JobStatus.VALIDATING_FILES);
    return with(JobStatus.QUEUED, isPaused, decided, Optional.empty());
  }

  /// A worker begins, or goes on.
  public JobState running() {
    require(JobStatus.QUEUED);
    if (isPaused) {
      throw new IllegalStateException("a paused job does not run");
    }
    return with(JobStatus.RUNNING, false, hyperparameters, Optional.empty());
  }

  /// When it will be done.
  public JobState expectedAt(Instant finish) {
    require(JobStatus.RUNNING);
    return with(status, isPaused, hyperparameters, Optional.of(finish));
  }

  /// Its worker was stopped, and another will go on.
  public JobState interrupted() {
    require(JobStatus.RUNNING);
    return with(JobStatus.QUEUED, isPaused, hyperparameters, Optional.empty());
  }

  public JobState paused() {
    requireOpen();
    var next = status == JobStatus.RUNNING ? JobStatus.QUEUED : status;
    return with(next, true, hyperparameters, Optional.empty());
  }

  public JobState resumed() {
    requireOpen();
    return with(status, false, hyperparameters, estimatedFinish);
  }

  public JobState cancelled(Instant now) {
    requireOpen();
    return ended(JobStatus.CANCELLED, now, Optional.empty(), Optional.empty(), Optional.empty());
  }

  public JobState failed(Instant now, JobError why) {
    requireOpen();
    return ended(JobStatus.FAILED, now, Optional.empty(), Optional.empty(), Optional.of(why));
  }

  public JobState succeeded(Instant now, String model, long tokens) {
    require(JobStatus.RUNNING);
    return ended(
        JobStatus.SUCCEEDED, now, Optional.of(model), Optional.of(tokens), Optional.empty());
  }

  /// With one more file of results.
  JobState withResult(String file) {
    var files = new ArrayList<>(resultFiles);
    files.add(file);
    return new JobState(
        status,
        isPaused,
        finishedAt,
        fineTunedModel,
        hyperparameters,
        files,
        trainedTokens,
        error,
        estimatedFinish);
  }

  private JobState with(
      JobStatus next, boolean pause, Hyperparameters decided, Optional<Instant> finish) {
    return new JobState(
        next,
        pause,
        finishedAt,
        fineTunedModel,
        decided,
        resultFiles,
        trainedTokens,
        error,
        finish);
  }

  private JobState ended(
      JobStatus end,
      Instant now,
      Optional<String> model,
      Optional<Long> tokens,
      Optional<JobError> why) {
    return new JobState(
        end,
        false,
        Optional.of(now),
        model,
        hyperparameters,
        resultFiles,
        tokens,
        why,
        Optional.empty());
  }

  private void require(JobStatus expected) {
    if (status != expected) {
      throw new IllegalStateException("the job is %s, not %s".formatted(status, expected));
    }
  }

  private void requireOpen() {
    if (status.isFinal()) {
      throw new IllegalStateException("the job has ended: " + status);
    }
  }
}
