package dev.hone.rag.measure;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/// Where the right document stood, for each question.
///
/// @param ranks from 1; 0 where it was not among the first hundred
public record Ranks(int[] ranks) {
  public Ranks {
    ranks = ranks.clone();
  }

  @Override
  public int[] ranks() {
    return ranks.clone();
  }

  /// The share of questions whose document is among the first `k`.
  public double recall(int k) {
    return mean(rank -> isWithin(rank, k) ? 1 : 0);
  }

  /// Mean reciprocal rank, of the first ten.
  public double reciprocal() {
    return mean(rank -> isWithin(rank, 10) ? 1.0 / rank : 0);
  }

  /// Normalised discounted cumulative gain of the first ten, one document being relevant.
  public double ndcg() {
    return mean(Ranks::gain);
  }

  static double gain(int rank) {
    return isWithin(rank, 10) ? Math.log(2) / Math.log(1 + rank) : 0;
  }

  private static boolean isWithin(int rank, int k) {
    return rank >= 1 && rank <= k;
  }

  private double mean(IntToDoubleFunction gain) {
    return Arrays.stream(ranks).mapToDouble(gain).average().orElse(0);
  }
}
