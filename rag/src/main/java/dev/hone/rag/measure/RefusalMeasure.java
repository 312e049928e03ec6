package dev.hone.rag.measure;

import dev.hone.rag.measure.IndexReport.Refusals;
import java.util.Arrays;

/// How well one threshold of relevance tells questions that nothing answers.
final class RefusalMeasure {
  private static final double TOLERATED = 0.05;

  private RefusalMeasure() {}

  /// @param answerable relevance of the questions as they are
  /// @param unanswerable the same without the documents that answer them
  static Refusals of(double threshold, double[] answerable, double[] unanswerable) {
    var sorted = answerable.clone();
    Arrays.sort(sorted);
    double atFive = sorted[(int) (sorted.length * TOLERATED)];
    return new Refusals(
        threshold,
        below(answerable, threshold),
        below(unanswerable, threshold),
        atFive,
        below(unanswerable, atFive));
  }

  private static double below(double[] values, double threshold) {
    return Arrays.stream(values).filter(value -> value < threshold).count()
        / (double) values.length;
  }
}
