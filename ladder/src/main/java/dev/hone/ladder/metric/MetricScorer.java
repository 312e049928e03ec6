package dev.hone.ladder.metric;

import dev.hone.ladder.statistics.PairedBootstrap;
import dev.hone.tune.answer.AnswerScorer;
import dev.hone.tune.answer.Answered;
import java.util.List;

/// A [Metric] for a training run: of the whole set of its answers.
public record MetricScorer(Metric metric) implements AnswerScorer {
  @Override
  public String name() {
    return metric.name();
  }

  @Override
  public double score(List<Answered> answers) {
    var counts = answers.stream().map(this::counts).toArray(double[][]::new);
    return metric.value(PairedBootstrap.sum(counts));
  }

  /// Without space around the answer, as rungs answer.
  private double[] counts(Answered answered) {
    var question = answered.question();
    return metric.counts(
        new Reference(question.text(), question.expected()), answered.answer().strip());
  }
}
