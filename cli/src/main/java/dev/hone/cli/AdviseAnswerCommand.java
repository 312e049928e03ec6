package dev.hone.cli;

import dev.hone.ladder.rung.Recipes;
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

  @Mixin private ThreadsOption threads;
  @Mixin private HelpOption help;

  private final Shell shell;

  AdviseAnswerCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    try (var opened = Recipes.open(out, rung, threads.count())) {
      shell.out().println(opened.solution().answer(Recipes.question(question, system)).text());
      return ErrorReport.FINE;
    }
  }
}
