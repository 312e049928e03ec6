package dev.hone.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `hone index eval`: how well an index answers.
@Command(
    name = "eval",
    header = "Measures an index on questions whose documents are known.",
    description = {
      "",
      "Prints how often the right document is among the first 1, 5 and 20, MRR and nDCG of the"
          + " first ten, for Hone's search and for words alone, vectors alone and rank fusion, with"
          + " the 95 %% interval of each difference; how many passages are enough; why documents"
          + " were missed; how questions are told that nothing answers; how the check of citations"
          + " does on known answers; and the time per question.",
      "",
      "A line of --questions is {\"question\": …, \"source\": …, \"metadata\": {…}, \"answers\":"
          + " […], \"evidence\": …}: the document that answers it, the fields of the record where"
          + " it is one of many, accepted short answers, and what must stand in a passage to answer"
          + " it. Without --questions some are made from the documents' own sentences: good for"
          + " comparing settings, too easy for a forecast.",
      ""
    },
    sortOptions = false,
    customSynopsis = "hone index eval --index=INDEX [--questions=FILE] [OPTIONS]",
    footer = {
      "",
      "Examples:",
      "  hone index eval --index handbook.index --questions asked.jsonl --plot report.html",
      "  hone index eval --index handbook.index --docs handbook --sizes 100,400"
    })
final class IndexEvalCommand implements Callable<Integer> {
  @Option(names = "--index", required = true, paramLabel = "INDEX", description = "The index.")
  private Path index;

  @Option(
      names = "--questions",
      paramLabel = "FILE",
      description = "The questions, as JSON Lines. Default: made from the documents.")
  private Optional<Path> questions = Optional.empty();

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "The most questions to make from the documents. Default: 200.")
  private int count = 200;

  @Option(
      names = "--save-questions",
      paramLabel = "FILE",
      description = "Keep the questions that were made, to mend them by hand.")
  private Optional<Path> saved = Optional.empty();

  @Option(
      names = "--tune",
      description =
          "Use the weight of words against vectors that is best on half of the questions, if on the"
              + " other half it is better by more than chance. Needs 100 questions.")
  private boolean isTuning;

  @Option(
      names = "--sizes",
      paramLabel = "N",
      split = ",",
      description =
          "Also index --docs with passages of these sizes, in a scratch directory, and compare"
              + " them. Takes as long as indexing, for each.")
  private List<Integer> sizes = List.of();

  @Option(names = "--docs", paramLabel = "DOCS", description = "The documents, for --sizes.")
  private Optional<Path> docs = Optional.empty();

  @Option(
      names = "--plot",
      paramLabel = "FILE",
      description = "Write a page with plots and the questions that were missed.")
  private Optional<Path> plot = Optional.empty();

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean isJson;

  @Mixin private ThreadsOption threads;
  @Mixin private HelpOption help;

  private final Shell shell;

  IndexEvalCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    sizes.forEach(size -> Bounds.between(16, 510, "--sizes", size));
    var source = new IndexEval.Source(questions, Bounds.atLeast(1, "--count", count), saved);
    var eval = new IndexEval(shell, index, source, threads.count());
    eval.run(new IndexEval.Wish(isTuning, sizes, docs, plot, isJson));
    return ErrorReport.FINE;
  }
}
