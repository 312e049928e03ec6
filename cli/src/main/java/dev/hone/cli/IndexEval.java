package dev.hone.cli;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.AtomicDirectory;
import dev.hone.model.checkpoint.AtomicFile;
import dev.hone.rag.DocumentIndex;
import dev.hone.rag.DocumentIndex.Searchable;
import dev.hone.rag.SizeTrial;
import dev.hone.rag.answer.Answerer;
import dev.hone.rag.embed.OnnxEmbedder;
import dev.hone.rag.measure.IndexMeasure;
import dev.hone.rag.measure.IndexReport;
import dev.hone.rag.measure.OwnQuestions;
import dev.hone.rag.measure.Question;
import dev.hone.rag.measure.WeightTuning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Runs `hone index eval`.
record IndexEval(Shell shell, Path index, Source source, int threads) {
  private static final long SEED = 1;

  /// Where the questions come from.
  ///
  /// @param file of the user's; empty where they are made
  /// @param count the most to make
  /// @param saved where to keep those that were made
  record Source(Optional<Path> file, int count, Optional<Path> saved) {}

  /// What is to come of it.
  record Wish(
      boolean isTuning,
      List<Integer> sizes,
      Optional<Path> docs,
      Optional<Path> plot,
      boolean isJson) {}

  void run(Wish wish) throws IOException {
    if (!wish.sizes().isEmpty() && wish.docs().isEmpty()) {
      throw new UsageException("--sizes needs the documents", "give their folder with --docs");
    }
    if (wish.isTuning() && source.file().isEmpty()) {
      throw new UsageException(
          "--tune needs --questions", "those made from the documents flatter the words");
    }
    IndexReport report;
    try (var embedder = OnnxEmbedder.open(threads);
        var opened = DocumentIndex.read(index, embedder)) {
      var asked = questions(opened);
      report = measure(opened, embedder, asked);
      var facts = new IndexReportTable(report).facts();
      if (!wish.sizes().isEmpty()) {
        var sizes = new LinkedHashSet<>(List.of(opened.passageTokens()));
        sizes.addAll(wish.sizes());
        IndexReportTable.sizes(
            facts, trial(wish.docs().get(), embedder, List.copyOf(sizes), asked));
      }
      facts.print(shell.out(), wish.isJson());
    }
    if (wish.plot().isPresent()) {
      new IndexPage(report, index.toString(), note(report)).write(wish.plot().get());
      shell.err().println("the plots are in " + wish.plot().get());
    }
    if (wish.isTuning()) {
      tune(report);
    }
  }

  private String note(IndexReport report) {
    return "%s questions %s"
        .formatted(
            Numbers.count(report.questions()),
            source.file().isPresent()
                ? "from " + source.file().get()
                : "made from the documents' own sentences: easier than people's");
  }

  private List<Question> questions(Searchable opened) throws IOException {
    if (source.file().isPresent()) {
      return Question.read(source.file().get());
    }
    var made = OwnQuestions.make(opened.view(), source.count(), SEED);
    if (made.isEmpty()) {
      throw new UsageException(
          index + ": has no sentence of seven words or more to make a question from",
          "give questions of your own with --questions");
    }
    shell
        .err()
        .println("questions are made from the documents' own sentences; people's will be harder");
    if (source.saved().isPresent()) {
      var lines = made.stream().map(Question::json).collect(Collectors.joining("\n", "", "\n"));
      AtomicFile.write(source.saved().get(), lines);
    }
    return made;
  }

  private IndexReport measure(Searchable opened, OnnxEmbedder embedder, List<Question> asked)
      throws IOException {
    try (var display = ProgressDisplay.on(shell)) {
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

  private SizeTrial trial(
      Path docs, OnnxEmbedder embedder, List<Integer> sizes, List<Question> asked)
      throws IOException {
    var scratch = Files.createTempDirectory("hone-sizes");
    try (var display = ProgressDisplay.on(shell)) {
      return SizeTrial.run(
          docs, scratch, embedder, sizes, asked, new Indexing.Shown(display, "indexing"));
    } finally {
      AtomicDirectory.deleteTree(scratch);
    }
  }

  private void tune(IndexReport report) throws IOException {
    var tuning =
        report
            .tuning()
            .orElseThrow(() ->
                new UsageException(
                    "%,d questions are too few to tune on".formatted(report.questions()),
                    "from %d on a better weight can be told from chance"
                        .formatted(WeightTuning.LEAST_QUESTIONS)));
    if (tuning.isGain()) {
      DocumentIndex.setWeight(index, tuning.weight());
      shell.err().println("the weight of words is now " + Numbers.real(tuning.weight()));
    } else {
      shell.err().println("the weight stays: the gain is within chance");
    }
  }
}
