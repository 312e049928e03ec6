package dev.hone.server.state;

import dev.hone.server.api.FineTuningJob;

/// A job as it is stored.
public record StoredJob(NewJob job, JobState state, JobProgress progress) {
  public String id() {
    return job.id();
  }

  /// As the API shows it.
  public FineTuningJob object() {
    return new FineTuningJob(
        job.id(),
        job.createdAt(),
        state.finishedAt(),
        job.model(),
        state.fineTunedModel(),
        job.tenant(),
        state.status(),
        state.hyperparameters(),
        job.trainingFile(),
        job.validationFile(),
        state.resultFiles(),
        state.trainedTokens(),
        state.error(),
        job.seed(),
        state.estimatedFinish(),
        job.metadata(),
        job.suffix());
  }
}
