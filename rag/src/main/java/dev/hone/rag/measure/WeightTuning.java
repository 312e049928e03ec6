package dev.hone.rag.measure;

import java.io.IOException;

/// Looks for a better weight of words against vectors: chosen on one half of the questions, judged
/// on the other.
///
/// On fewer than a hundred questions the choice is noise (in a trial, the worst twentieth of draws
/// of 20 questions lost six points of nDCG), so there is none.
///
/// @param weight the best of the first half
/// @param gain in nDCG@10 over the weight in use, on the second half
public record WeightTuning(double weight, Interval gain) {
  /// The fewest questions to tune on.
  public static final int LEAST_QUESTIONS = 100;

  private static final int GRID = 20;

  /// Whether the gain is more than chance.
  public boolean isGain() {
    return gain.low() > 0;
  }

  /// Ranks of some of the questions under a weight of the words.
  @FunctionalInterface
  interface Trial {
    Ranks ranks(double weight, boolean isSecondHalf) throws IOException;
  }

  static WeightTuning run(double inUse, Trial trial) throws IOException {
    double best = inUse;
    double most = trial.ranks(inUse, false).ndcg();
    for (int i = 1; i < GRID; i++) {
      double weight = (double) i / GRID;
      double ndcg = trial.ranks(weight, false).ndcg();
      if (ndcg > most) {
        best = weight;
        most = ndcg;
      }
    }
    return new WeightTuning(
        best, Interval.ofDifference(trial.ranks(best, true), trial.ranks(inUse, true)));
  }
}
