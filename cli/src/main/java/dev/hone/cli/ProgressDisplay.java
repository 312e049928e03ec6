package dev.hone.cli;

/// Where the progress of a run is shown.
interface ProgressDisplay extends AutoCloseable {
  /// Shows lines that stay.
  void line(String text);

  /// Training begins.
  void begin(long stepsDone, long totalSteps);

  /// A step was taken.
  void show(Progress progress);

  @Override
  void close();
}
