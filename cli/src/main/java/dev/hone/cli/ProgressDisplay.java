package dev.hone.cli;

/// Where the progress of work is shown.
interface ProgressDisplay extends AutoCloseable {
  /// Shows lines that stay.
  void line(String text);

  /// Work begins.
  void begin(String name, long done, long total);

  /// Some more is done.
  void show(Progress progress);

  /// The work has ended or is interrupted by something else; lines may still come.
  @Override
  void close();
}
