package dev.hone.rag.measure;

import java.util.Arrays;
import java.util.SplittableRandom;

/// A mean with its 95 % interval: the percentile bootstrap over questions, 2,000 draws from one
/// seed.
public record Interval(double mean, double low, double high) {
  private static final int DRAWS = 2_000;

  /// Of the questions' values; of paired differences, where two systems answered the same ones.
  public static Interval of(double[] values) {
    var random = new SplittableRandom(1);
    var means = new double[DRAWS];
    for (int i = 0; i < DRAWS; i++) {
      double sum = 0;
      for (int j = 0; j < values.length; j++) {
        sum += values[random.nextInt(values.length)];
      }
      means[i] = sum / values.length;
    }
    Arrays.sort(means);
    double mean = Arrays.stream(values).average().orElse(0);
    return new Interval(mean, means[DRAWS / 40], means[DRAWS - 1 - DRAWS / 40]);
  }

  /// Of `nDCG(a) − nDCG(b)`, question by question.
  static Interval ofDifference(Ranks a, Ranks b) {
    var ranksOfA = a.ranks();
    var ranksOfB = b.ranks();
    var differences = new double[ranksOfA.length];
    for (int i = 0; i < differences.length; i++) {
      differences[i] = Ranks.gain(ranksOfA[i]) - Ranks.gain(ranksOfB[i]);
    }
    return of(differences);
  }
}
