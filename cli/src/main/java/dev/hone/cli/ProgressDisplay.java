package dev.hone.cli;

import java.io.IOException;

/// Where the progress of work is shown.
interface ProgressDisplay extends AutoCloseable {
  /// On the process's standard error: a bar on a terminal, else lines.
  static ProgressDisplay on(Shell shell) throws IOException {
    return shell.errIsTerminal()
        ? LiveProgress.onStandardError(shell.err())
        : new PlainProgress(shell.err(), System::nanoTime);
  }

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
