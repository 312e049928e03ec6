package dev.hone.cli;

import dev.hone.model.UsageException;
import dev.hone.rag.DocumentIndex;
import dev.hone.rag.answer.Answerer;
import dev.hone.rag.embed.OnnxEmbedder;
import dev.hone.rag.measure.IndexMeasure;
import dev.hone.rag.measure.IndexReport;
import dev.hone.rag.measure.Question;
import dev.hone.rag.measure.WeightTuning;
import java.io.IOException;
import java.nio.file.Path;
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
          + " the 95 % interval of each difference; why documents were missed; how questions are"
          + " told that nothing answers; how the check of citations does on known answers; and the"
          + " time per question.",
      "",
      "A line of --questions is {\"question\": …, \"source\": …, \"metadata\": {…}, \"answers\":"
          + " […]}: the document that answers it, the fields of the record where it is one of many,"
          + " and accepted short answers.",
      ""
    },
    sortOptions = false,
    customSynopsis = "hone index eval --index=INDEX --questions=FILE [OPTIONS]",
    footer = {"", "Example:", "  hone index eval --index handbook.index --questions asked.jsonl"})
final class IndexEvalCommand implements Callable<Integer> {
  @Option(names = "--index", required = true, paramLabel = "INDEX", description = "The index.")
  private Path index;

  @Option(
      names = "--questions",
      required = true,
      paramLabel = "FILE",
      description = "The questions, as JSON Lines.")
  private Path questions;

  @Option(
      names = "--tune",
      description =
          "Use the weight of words against vectors that is best on half of the questions, if on the"
              + " other half it is better by more than chance. Needs 100 questions.")
  private boolean isTuning;

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
    var report = measure();
    new IndexReportTable(report).facts().print(shell.out(), isJson);
    if (isTuning) {
      tune(report);
    }
    return ErrorReport.FINE;
  }

  private void tune(IndexReport report) throws IOException {
    var tuning =
        report
            .tuning()
            .orElseThrow(() ->
                new UsageException(
                    "%s: has %,d questions, too few to tune on"
                        .formatted(questions, report.questions()),
                    "from %d on a better weight can be told from chance"
                        .formatted(WeightTuning.LEAST_QUESTIONS)));
    if (tuning.isGain()) {
      DocumentIndex.setWeight(index, tuning.weight());
      shell.err().println("the weight of words is now " + Numbers.real(tuning.weight()));
    } else {
      shell.err().println("the weight stays: the gain is within chance");
    }
  }

  private IndexReport measure() throws IOException {
    var asked = Question.read(questions);
    try (var embedder = OnnxEmbedder.open(threads.count());
        var opened = DocumentIndex.read(index, embedder);
        var display = ProgressDisplay.on(shell)) {
      display.begin("asking", 0, asked.size());
      long begun = System.nanoTime();
      return IndexMeasure.run(
          opened.view(),
          embedder,
          opened.fusion(),
          Answerer.Settings.DEFAULT.leastRelevance(),
          asked,
          (done, total) -> {
            double left = (System.nanoTime() - begun) / 1e9 * (total - done) / done;
            display.show(new Progress("question", done, total, "", left));
          });
    }
  }
}
