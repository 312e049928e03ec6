package dev.hone.tune.run;

import dev.hone.model.generate.Generator;
import dev.hone.model.text.Renderers;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.Workers;
import dev.hone.tune.answer.Answering;

/// Measures a model, as it is being trained, by the answers that it gives.
record AnswerMeter(AskedRows rows, Answering answering) {
  /// @param trained the decoder that is trained
  static AnswerMeter allocate(
      AskedRows rows, ModelFiles files, Trained trained, Allocator memory, Workers workers) {
    var generator =
        Generator.allocate(
            memory, trained.decoder(), trained.shape(), files.tokenizer(), rows.context(), workers);
    var stopIds = Renderers.stopIds(files.tokenizer(), files.renderer());
    return new AnswerMeter(rows, new Answering(generator, rows.maxTokens(), stopIds));
  }

  double measure() {
    double score = rows.scorer().score(answering.all(rows.prompts(), done -> {}));
    if (!Double.isFinite(score)) {
      throw new IllegalStateException(
          "the metric %s is no number: %s".formatted(rows.scorer().name(), score));
    }
    return score;
  }

  /// How long one measurement takes once answers are as long as expected, from a trial.
  double trialSeconds() {
    double rate = answering.tokensPerSecond(rows.prompts(), rows.expectedTokens());
    return rows.allExpectedTokens() / rate;
  }
}
