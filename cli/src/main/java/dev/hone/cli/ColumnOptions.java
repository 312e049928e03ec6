package dev.hone.cli;

import dev.hone.tune.data.Columns;
import picocli.CommandLine.Option;

/// Which columns of a CSV file are asked and answered, for commands that ask a model.
final class ColumnOptions {
  @Option(
      names = "--csv-prompt",
      paramLabel = "COLUMN",
      description = "CSV column of what is asked. Default: prompt.")
  private String prompt = Columns.DEFAULT.prompt();

  @Option(
      names = "--csv-completion",
      paramLabel = "COLUMN",
      description = "CSV column of the row's own answer. Default: completion.")
  private String completion = Columns.DEFAULT.completion();

  Columns columns() {
    return new Columns(prompt, completion, Columns.DEFAULT.text());
  }
}
