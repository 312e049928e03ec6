package dev.hone.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `hone inspect`: what a directory holds.
@Command(
    name = "inspect",
    header = "Says what a directory holds: a model, an adapter or a run.",
    description = {
      "",
      "Reads headers and settings only, so that it is quick with files of any size.",
      ""
    },
    sortOptions = false,
    customSynopsis = "hone inspect hone|DIR|ORG/NAME [OPTIONS]",
    footer = {"", "Examples:", "  hone inspect models/base", "  hone inspect runs/first --json"})
final class InspectCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "hone|DIR|ORG/NAME",
      converter = BaseConverter.class,
      description =
          "A Hugging Face model, a PEFT adapter, or what hone tune wrote; hone is the embedded"
              + " model.")
  private Path dir;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean isJson;

  @Mixin private HelpOption help;

  private final Shell shell;

  InspectCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    Inspection.of(HubBase.bring(shell, dir)).print(shell.out(), isJson);
    return ErrorReport.FINE;
  }
}
