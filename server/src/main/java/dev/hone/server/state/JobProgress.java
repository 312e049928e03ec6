package dev.hone.server.state;

/// How much of a worker's report the server has taken in.
///
/// @param offset bytes of the report
/// @param reportedStep the last step whose metrics are events
/// @param savedStep the last step that the worker said it saves
/// @param failedStarts workers in a row that ended by themselves and saved nothing new
public record JobProgress(long offset, long reportedStep, long savedStep, int failedStarts) {
  /// Nothing has been reported yet.
  public static final JobProgress NONE = new JobProgress(0, 0, -1, 0);

  public JobProgress at(long newOffset) {
    return new JobProgress(newOffset, reportedStep, savedStep, failedStarts);
  }

  public JobProgress reported(long step) {
    return new JobProgress(offset, Math.max(step, reportedStep), savedStep, failedStarts);
  }

  /// Saving something new is what counts as progress.
  public JobProgress saved(long step) {
    return step > savedStep ? new JobProgress(offset, reportedStep, step, 0) : this;
  }

  public JobProgress withFailedStart() {
    return new JobProgress(offset, reportedStep, savedStep, failedStarts + 1);
  }

  /// Somebody asked to go on: as if nothing had failed.
  public JobProgress forgiven() {
    return new JobProgress(offset, reportedStep, savedStep, 0);
  }
}
