package dev.hone.cli;

import dev.hone.tune.data.Columns;
import dev.hone.tune.data.Source;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// How rows are read, for every command that reads a file of them.
@Command(header = "Data:")
final class DataOptions {
  @Option(
      names = "--max-length",
      paramLabel = "TOKENS",
      description =
          "Keep so many tokens of each row. Default: what the model allows; hone tune keeps 1024 at"
              + " most.")
  private Optional<Integer> maxLength = Optional.empty();

  @Option(
      names = "--train-on-prompt",
      description = "Count every token, not the assistant's answers alone.")
  private boolean trainsOnPrompt;

  @Option(
      names = "--prompt-column",
      paramLabel = "NAME",
      defaultValue = "prompt",
      description = "CSV column of the prompt. Default: ${DEFAULT-VALUE}.")
  private String promptColumn = "prompt";

  @Option(
      names = "--completion-column",
      paramLabel = "NAME",
      defaultValue = "completion",
      description = "CSV column of the answer. Default: ${DEFAULT-VALUE}.")
  private String completionColumn = "completion";

  @Option(
      names = "--text-column",
      paramLabel = "NAME",
      defaultValue = "text",
      description =
          "CSV column of plain text, read where the other two are absent. Default:"
              + " ${DEFAULT-VALUE}.")
  private String textColumn = "text";

  Source source(Path file) {
    return new Source(file, new Columns(promptColumn, completionColumn, textColumn));
  }

  OptionalInt maxLength() {
    return maxLength
        .map(length -> OptionalInt.of(Bounds.atLeast(2, "--max-length", length)))
        .orElse(OptionalInt.empty());
  }

  boolean trainsOnPrompt() {
    return trainsOnPrompt;
  }
}
