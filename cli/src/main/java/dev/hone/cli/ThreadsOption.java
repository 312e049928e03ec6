package dev.hone.cli;

import dev.hone.tensor.Processor;
import java.util.Optional;
import picocli.CommandLine.Option;

/// `--threads`.
final class ThreadsOption {
  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Worker threads. Default: the cores of this machine.")
  private Optional<Integer> threads = Optional.empty();

  int count() {
    return Bounds.atLeast(1, "--threads", threads.orElseGet(Processor::cores));
  }
}
