package dev.hone.server.job;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A worker, seen from the server: the same Java with the same class path and options, so that it
/// computes the same bits.
final class WorkerProcess implements AutoCloseable {
  private final Process process;

  private WorkerProcess(Process process) {
    this.process = process;
  }

  static WorkerProcess start(JobFiles files) throws IOException {
    var log = ProcessBuilder.Redirect.appendTo(files.log().toFile());
    var builder =
        new ProcessBuilder(command(files.directory()))
            .redirectErrorStream(true)
            .redirectOutput(log);
    return new WorkerProcess(builder.start());
  }

  static List<String> command(Path directory) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(WorkerProcess::isForEveryProcess)
        .forEach(command::add);
    command.add("-XX:+ExitOnOutOfMemoryError");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(JobWorker.class.getName());
    command.add(directory.toString());
    return command;
  }

  /// A debugger's port can be opened once.
  private static boolean isForEveryProcess(String option) {
    return !option.startsWith("-agentlib:jdwp")
        && !option.startsWith("-Xrunjdwp")
        && !option.startsWith("-Dcom.sun.management.jmxremote");
  }

  /// Waits for its end.
  ///
  /// @return whether it has ended
  boolean endsWithin(Duration time) throws InterruptedException {
    return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// Asks it to save and end.
  void askToStop() throws IOException {
    process.getOutputStream().close();
  }

  void kill() {
    process.destroyForcibly();
  }

  /// No worker outlives this.
  @Override
  public void close() throws IOException {
    kill();
    try (var pipe = process.getOutputStream()) {
      process.onExit().join();
    }
  }
}
