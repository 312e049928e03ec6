package dev.hone.ladder.metric;

import java.util.Optional;

/// A measure of answers, from 0 to 1, the more the better.
public interface Metric {
  /// As `--metric` takes it.
  String name();

  /// Whether an answer passes or fails, with nothing between.
  boolean isPassFail();

  /// How good one answer is.
  double score(Reference reference, String answer);

  /// What the reference itself scores.
  default double scoreOfReference() {
    return 1;
  }

  /// Whether it takes no more than a moment, and no money.
  default boolean isCheap() {
    return true;
  }

  /// Why an answer could not be measured; empty where it was. Its score is 0 then.
  default Optional<String> failure(Reference reference, String answer) {
    return Optional.empty();
  }

  /// What is wrong with an answer, in words that help to do better; empty where nothing is.
  default Optional<String> objection(Reference reference, String answer) {
    return score(reference, answer) >= scoreOfReference()
        ? Optional.empty()
        : Optional.of("should be: " + reference.answers().getFirst());
  }

  /// What one answer contributes to [#value].
  default double[] counts(Reference reference, String answer) {
    return new double[] {score(reference, answer), 1};
  }

  /// The measure of a set of answers, from the sum of their counts. By default the mean score.
  default double value(double[] sums) {
    return sums[1] == 0 ? 0 : sums[0] / sums[1];
  }
}
