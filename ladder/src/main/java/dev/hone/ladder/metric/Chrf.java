package dev.hone.ladder.metric;

/// chrF2 (Popović 2015) as sacrebleu computes it, signature `nc:6|nw:0|space:no`, as a share of
/// one: F of the character n-grams of one to six, recall counting double.
public final class Chrf implements Metric {
  private static final int ORDERS = 6;
  private static final double BETA_SQUARED = 4;

  @Override
  public String name() {
    return "chrf";
  }

  @Override
  public boolean isPassFail() {
    return false;
  }

  /// For each order the n-grams of the answer, of the best reference, and in common.
  @Override
  public double[] counts(Reference reference, String answer) {
    double[] best = {};
    for (var expected : reference.answers()) {
      var counts = counts(expected, answer);
      if (best.length == 0 || value(counts) > value(best)) {
        best = counts;
      }
    }
    return best;
  }

  private static double[] counts(String expected, String answer) {
    var counts = new double[3 * ORDERS];
    for (int i = 0; i < ORDERS; i++) {
      var own = Ngrams.ofCharacters(answer.replaceAll("\\s+", ""), i + 1);
      var wanted = Ngrams.ofCharacters(expected.replaceAll("\\s+", ""), i + 1);
      counts[3 * i] = wanted.isEmpty() ? 0 : Ngrams.total(own);
      counts[3 * i + 1] = Ngrams.total(wanted);
      counts[3 * i + 2] = Ngrams.common(own, wanted);
    }
    return counts;
  }

  @Override
  public double score(Reference reference, String answer) {
    return value(counts(reference, answer));
  }

  @Override
  public double value(double[] sums) {
    double precision = 0;
    double recall = 0;
    int orders = 0;
    for (int i = 0; i < ORDERS; i++) {
      if (sums[3 * i] > 0 && sums[3 * i + 1] > 0) {
        precision += sums[3 * i + 2] / sums[3 * i];
        recall += sums[3 * i + 2] / sums[3 * i + 1];
        orders++;
      }
    }
    if (precision + recall == 0) {
      return 0;
    }
    precision /= orders;
    recall /= orders;
    return (1 + BETA_SQUARED) * precision * recall / (BETA_SQUARED * precision + recall);
  }
}
