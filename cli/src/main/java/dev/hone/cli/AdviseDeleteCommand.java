package dev.hone.cli;

import dev.hone.hosted.Patience;
import dev.hone.hosted.StoppedException;
import dev.hone.hosted.TuningDeletion;
import dev.hone.model.UsageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `hone advise delete`: what a rung has left at a provider, deleted there.
@Command(
    name = "delete",
    header = "Deletes at the provider what a rung has made there.",
    description = {
      "",
      "That is, the model that was fine-tuned, the files that were sent, and those that the job has"
          + " made; a job that goes on is cancelled. The report stays.",
      ""
    },
    sortOptions = false,
    customSynopsis = "hone advise delete --out=DIR --rung=RUNG [OPTIONS]",
    footer = {"", "Example:", "  hone advise delete --out report --rung tuned"})
final class AdviseDeleteCommand implements Callable<Integer> {
  @Option(names = "--out", required = true, paramLabel = "DIR", description = "The report.")
  private Path out;

  @Option(names = "--rung", required = true, paramLabel = "RUNG", description = "Its name.")
  private String rung;

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description =
          "Holds the provider's key. Default: from the environment, as the provider's own clients"
              + " do.")
  private Optional<Path> keyFile = Optional.empty();

  @Mixin private HelpOption help;

  private final Shell shell;

  AdviseDeleteCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    try {
      new TuningDeletion(System.getenv(), keyFile, Patience.USUAL, shell.out()::println)
          .of(out.resolve("rungs").resolve(rung));
      return ErrorReport.FINE;
    } catch (StoppedException e) {
      throw new UsageException(e.getMessage(), e.hint(), e);
    }
  }
}
