package dev.hone.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `hone data check`: the data gate alone.
@Command(
    name = "check",
    header = "Checks a file of examples as `hone tune` would.",
    description = {
      "",
      "Reads every row, renders it with the model's chat template and counts its tokens. Errors"
          + " (exit code 2) are what `hone tune` refuses; warnings are worth a look. Both come with"
          + " line numbers.",
      ""
    },
    sortOptions = false,
    customSynopsis = "hone data check FILE --base=hone|DIR|ORG/NAME [OPTIONS]",
    footer = {
      "",
      "Examples:",
      "  hone data check train.jsonl --base models/base",
      "  hone data check train.jsonl --valid valid.jsonl --base models/base --max-length 512"
    })
final class DataCheckCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "FILE",
      description = "Rows: .jsonl or .csv, each also gzipped (docs/data-format.md).")
  private Path file;

  @Option(
      names = "--base",
      required = true,
      paramLabel = "hone|DIR|ORG/NAME",
      converter = BaseConverter.class,
      description = "The model whose tokenizer and chat template count, a Hugging Face directory.")
  private Path base;

  @Option(
      names = "--valid",
      paramLabel = "FILE",
      description = "Held-out rows, which must not stand in FILE too.")
  private Optional<Path> valid = Optional.empty();

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean isJson;

  @Mixin private HelpOption help;
  @Mixin private DataOptions rows;

  private final Shell shell;

  DataCheckCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    var report = DataCheck.run(HubBase.bring(shell, base), rows, file, valid);
    return DataCheck.print(report, shell.out(), isJson) ? ErrorReport.FINE : ErrorReport.BAD_INPUT;
  }
}
