package dev.hone.cli;

/// Where the progress of a run is shown.
interface ProgressDisplay extends AutoCloseable {
  /// Shows lines that stay.
  void line(String text);

  /// Training begins.
  void begin(long stepsDone, long totalSteps);

  /// A step was taken.
  void show(Progress progress);

  /// Training has ended or is interrupted by something else; lines may still come.
  @Override
  void close();
}
