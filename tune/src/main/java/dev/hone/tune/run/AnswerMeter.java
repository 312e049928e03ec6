package dev.hone.tune.run;

import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.decoder.AdapterShape;
import dev.hone.model.decoder.BaseDtype;
import dev.hone.model.generate.Generator;
import dev.hone.model.text.Renderers;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.MemoryPlan;
import dev.hone.tensor.Workers;
import dev.hone.tune.answer.Answered;
import dev.hone.tune.answer.Answering;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/// Measures a model, as it is being trained, by the answers that it gives.
///
/// Each worker answers rows of its own: a single token is too little work to share, and workers
/// that wait for each other in every phase of it stand still where other programs want their cores.
///
/// @param answering one for each worker
record AnswerMeter(AskedRows rows, List<Answering> answering, Workers workers) {
  /// Rows that each worker tries.
  private static final int TRIED = 4;

  AnswerMeter {
    answering = List.copyOf(answering);
  }

  /// @param trained the decoder that is trained
  static AnswerMeter allocate(
      AskedRows rows, ModelFiles files, Trained trained, Allocator memory, Workers workers) {
    var stopIds = Renderers.stopIds(files.tokenizer(), files.renderer());
    var alone = new Workers(1); // no thread but the one that answers
    var answering =
        Stream.generate(() ->
                Generator.allocate(
                    memory,
                    trained.decoder(),
                    trained.shape(),
                    files.tokenizer(),
                    rows.context(),
                    alone))
            .limit(workers.count())
            .map(generator -> new Answering(generator, rows.maxTokens(), stopIds))
            .toList();
    return new AnswerMeter(rows, answering, workers);
  }

  /// Counts what [#allocate] would take.
  ///
  /// @param context the most tokens of a prompt and its answer
  static void plan(
      MemoryPlan plan,
      ModelConfig config,
      BaseDtype base,
      AdapterShape shape,
      int context,
      int workers) {
    for (int w = 0; w < workers; w++) {
      Generator.plan(plan, config, base, shape, context, 1);
    }
  }

  /// The same on any number of workers.
  double measure() {
    var answers = new Answered[rows.prompts().size()];
    workers.share(
        answers.length,
        1,
        (worker, row, end) -> answers[row] = answering.get(worker).one(rows.prompts().get(row)));
    double score = rows.scorer().score(Arrays.asList(answers));
    if (!Double.isFinite(score)) {
      throw new IllegalStateException(
          "the metric %s is no number: %s".formatted(rows.scorer().name(), score));
    }
    return score;
  }

  /// How long one measurement takes once answers are as long as expected. Tried twice on a few
  /// rows, since the first time code may not be compiled.
  double trialSeconds() {
    double fastest = Math.max(trialRate(), trialRate());
    return rows.allExpectedTokens() / fastest;
  }

  /// Tokens a second.
  private double trialRate() {
    int tried = Math.min(TRIED * workers.count(), rows.prompts().size());
    var said = new AtomicLong();
    long started = System.nanoTime();
    workers.share(
        tried,
        1,
        (worker, i, end) -> {
          int row = i * rows.prompts().size() / tried;
          int length = rows.expectedTokens().get(row);
          said.addAndGet(
              answering.get(worker).say(rows.prompts().get(row), length).generatedTokens());
        });
    return said.get() * 1e9 / (System.nanoTime() - started);
  }
}
