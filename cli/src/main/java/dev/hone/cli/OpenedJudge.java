package dev.hone.cli;

import dev.hone.hosted.Budget;
import dev.hone.ladder.climb.ClimbReport;
import dev.hone.ladder.judge.Judge;
import dev.hone.ladder.judge.Label;
import dev.hone.ladder.report.JudgeReport;
import dev.hone.ladder.report.LabelSheet;
import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.AtomicFile;
import dev.hone.model.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/// The judge of a climb, and the model behind it.
///
/// @param budget empty for a model on this machine
/// @param labels of people
record OpenedJudge(Judge judge, OpenedModel model, Optional<Budget> budget, List<Label> labels)
    implements AutoCloseable {
  /// A verdict is a word. Models that reason write more before it.
  private static final int LOCAL_TOKENS = 24;

  private static final int HOSTED_TOKENS = 2_048;

  /// @param name of the model, as `--base` takes it
  /// @param base whose answers are judged
  /// @param beside the base's budget, with which it shares the limit; empty where it has none
  /// @param out the report's directory
  static OpenedJudge open(
      Shell shell,
      String name,
      ModelName base,
      JudgeOptions options,
      Spending spending,
      Optional<Budget> beside,
      Path out,
      int threads)
      throws IOException {
    var model = new ModelName.Converter().convert(name).brought(shell);
    if (!options.isOwnFamilyTaken()) {
      refuseOwnFamily(name, model, base);
    }
    var labels = options.labels();
    var rubric = options.rubric();
    int repeats = options.repeats();
    var budget = budget(model, spending, beside, SpentSoFar.ofJudge(out));
    var opened =
        switch (model) {
          case ModelName.Hosted(var hosted) ->
              OpenedModel.hosted(hosted, options.keyFile(), budget.orElseThrow(), HOSTED_TOKENS);
          case ModelName.Local(var directory) ->
              OpenedModel.local(directory, threads, LOCAL_TOKENS);
        };
    var judge = new Judge(name, opened.chat(), rubric, repeats, out.resolve("judged.jsonl"));
    return new OpenedJudge(judge, opened, budget, labels);
  }

  private static void refuseOwnFamily(String name, ModelName judge, ModelName base)
      throws CheckpointException {
    var families = new HashSet<>(ModelFamily.of(judge));
    families.retainAll(ModelFamily.of(base));
    if (!families.isEmpty()) {
      throw new UsageException(
          "--metric judge:%s: is of the same family as --base (%s), and models prefer what they have"
                  .formatted(name, String.join(", ", families))
              + " written themselves",
          "name another judge, or take it all the same with --judge-own-family");
    }
  }

  private static Optional<Budget> budget(
      ModelName model, Spending spending, Optional<Budget> beside, Path file) throws IOException {
    if (!(model instanceof ModelName.Hosted(var hosted))) {
      return Optional.empty();
    }
    if (spending.limit().isPresent() && spending.price(hosted).isEmpty()) {
      throw new UsageException(
          "--budget: the price of the judge %s is unknown, so no budget can be kept"
              .formatted(hosted.text()),
          "give its price in a file of your own with --prices, or leave --budget out");
    }
    return Optional.of(
        beside.isPresent()
            ? beside.get().beside(file, spending.price(hosted))
            : spending.open(file, hosted, false));
  }

  /// What came of it.
  JudgeReport report(ClimbReport climb) {
    return JudgeReport.of(climb, judge, labels);
  }

  /// Leaves pairs for people to label, where none are there yet.
  void leavePairs(ClimbReport climb, Path out) throws IOException {
    var file = out.resolve("to-label.jsonl");
    var lines = LabelSheet.of(climb, judge);
    if (!lines.isEmpty() && !Files.exists(file)) {
      AtomicFile.write(file, String.join("\n", lines) + "\n");
    }
  }

  @Override
  public void close() throws IOException {
    try (model) {
      judge.close();
    }
  }
}
