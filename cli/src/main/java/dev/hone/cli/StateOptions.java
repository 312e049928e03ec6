package dev.hone.cli;

import dev.hone.server.state.StateSettings;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/// Where `hone serve` keeps what it keeps.
final class StateOptions {
  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "For files, jobs and models. Default: hone-data.")
  private Path data = Path.of("hone-data");

  @Option(
      names = "--database",
      paramLabel = "URL",
      description =
          "Keep rows in a PostgreSQL: jdbc:postgresql://host/database?user=…. The password comes"
              + " from ~/.pgpass. Default: SQLite in --data-dir.")
  private Optional<String> database = Optional.empty();

  StateSettings settings() {
    return database.isPresent()
        ? StateSettings.postgres(data, database.get())
        : StateSettings.sqlite(data);
  }
}
