package dev.hone.cli;

import dev.hone.server.state.StateSettings;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/// Where `hone serve` keeps what it keeps.
final class StateOptions {
  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "For files, jobs and models. Default: hone-data.")
  private Path data = Path.of("hone-data");

  StateSettings settings() {
    return StateSettings.sqlite(data);
  }
}
