package dev.hone.cli;

import dev.hone.hosted.HostedRecipes;
import dev.hone.hosted.StoppedException;
import dev.hone.ladder.rung.Recipes;
import dev.hone.model.UsageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `hone advise answer`: a rung of a report, put to use.
@Command(
    name = "answer",
    header = "Answers as a rung of a report does, from its recipe.",
    sortOptions = false,
    customSynopsis = "hone advise answer --out=DIR --rung=RUNG QUESTION [OPTIONS]",
    footer = {
      "",
      "Example:",
      "  hone advise answer --out report --rung nearest-answer \"Where is my order?\""
    })
final class AdviseAnswerCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "QUESTION", description = "What is asked.")
  private String question;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "The report.")
  private Path out;

  @Option(names = "--rung", required = true, paramLabel = "RUNG", description = "Its name.")
  private String rung;

  @Option(
      names = "--system",
      paramLabel = "TEXT",
      description = "The system prompt that the rows had, if they had one.")
  private Optional<String> system = Optional.empty();

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description = "Holds the key of a hosted model.")
  private Optional<Path> keyFile = Optional.empty();

  @Mixin private ThreadsOption threads;
  @Mixin private HelpOption help;

  private final Shell shell;

  AdviseAnswerCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    var elsewhere = new HostedRecipes(System.getenv(), keyFile, out.resolve("answered.json"));
    try (var opened = Recipes.open(out, rung, threads.count(), elsewhere)) {
      shell.out().println(opened.solution().answer(Recipes.question(question, system)).text());
      return ErrorReport.FINE;
    } catch (StoppedException e) {
      throw new UsageException(e.getMessage(), e.hint(), e);
    }
  }
}
