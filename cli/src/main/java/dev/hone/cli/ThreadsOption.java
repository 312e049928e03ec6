package dev.hone.cli;

import java.util.Optional;
import picocli.CommandLine.Option;

/// `--threads`.
final class ThreadsOption {
  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Worker threads. Default: the processors of this machine.")
  private Optional<Integer> threads = Optional.empty();

  int count() {
    return Bounds.atLeast(
        1, "--threads", threads.orElseGet(() -> Runtime.getRuntime().availableProcessors()));
  }
}
