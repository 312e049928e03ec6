package dev.hone.server.job;

import dev.hone.server.api.JobEvent.Level;
import dev.hone.server.api.JobStatus;
import dev.hone.server.state.JobChange;
import dev.hone.server.state.State;
import dev.hone.server.state.StoredJob;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/// Checks the files of jobs that were created, one after the other.
final class FileValidator {
  private final State state;

  FileValidator(State state) {
    this.state = state;
  }

  /// @return whether there was a job
  boolean validateNext() throws IOException {
    var job = state.jobs().next(JobStatus.VALIDATING_FILES);
    if (job.isPresent()) {
      validate(job.get());
    }
    return job.isPresent();
  }

  private void validate(StoredJob job) throws IOException {
    var files = new JobFiles(state.jobs().directory(job.id()));
    switch (FileCheck.check(files.train(), files.validIfPresent())) {
      case FileVerdict.Valid(var examples) -> change(job, change -> queued(change, examples));
      case FileVerdict.Invalid(var error, var offences) -> {
        var failure = JobFailure.of(error, offences, state.files());
        change(job, change -> failure.end(change, Instant.now()));
        files.deleteWork(Set.of());
      }
    }
  }

  private static JobChange queued(JobChange change, long examples) {
    var decided = AutoHyperparameters.decide(change.state().hyperparameters(), examples);
    return change
        .to(change.state().validated(decided))
        .say(Instant.now(), Level.INFO, "Files validated, moving job to queued state");
  }

  /// Unless it was cancelled meanwhile.
  private void change(StoredJob job, UnaryOperator<JobChange> what) throws IOException {
    state
        .jobs()
        .change(
            job.id(),
            now ->
                now.state().status() == JobStatus.VALIDATING_FILES
                    ? Optional.of(what.apply(JobChange.of(now)))
                    : Optional.empty());
  }
}
