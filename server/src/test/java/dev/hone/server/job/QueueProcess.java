package dev.hone.server.job;

import dev.hone.server.state.State;
import dev.hone.server.state.StateSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A server without HTTP in a process of its own, to be killed.
final class QueueProcess {
  static final Path BASE =
      Path.of("../model/src/test/resources/golden/peft/base").toAbsolutePath().normalize();

  private QueueProcess() {}

  static JobSettings settings(JobSettings.Warning warning) {
    return new JobSettings(Map.of("tiny", BASE), 1, 3, Duration.ofSeconds(60), warning);
  }

  static Process start(Path data, Path log) throws IOException {
    var command = new ArrayList<>(WorkerProcess.command(data));
    command.set(command.indexOf(JobWorker.class.getName()), QueueProcess.class.getName());
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  /// @param args the data directory
  public static void main(String[] args) throws IOException, InterruptedException {
    var failures = new ArrayList<List<String>>();
    try (var state = State.open(StateSettings.sqlite(Path.of(args[0])));
        var queue = JobQueue.start(state, settings((what, why) -> failures.add(List.of(what))))) {
      while (failures.isEmpty()) {
        Thread.sleep(100);
      }
    }
  }
}
