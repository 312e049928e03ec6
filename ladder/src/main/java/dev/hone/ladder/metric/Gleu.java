package dev.hone.ladder.metric;

import java.util.List;

/// Google's BLEU (Wu et al. 2016) as NLTK computes it, over BLEU's own tokens: of the n-grams of
/// one to four, all together, the lesser of the shares that are right and that were found.
public final class Gleu implements Metric {
  private static final int ORDERS = 4;

  @Override
  public String name() {
    return "gleu";
  }

  @Override
  public boolean isPassFail() {
    return false;
  }

  /// Of the best reference.
  @Override
  public double score(Reference reference, String answer) {
    var words = Bleu.tokens(answer);
    return reference.answers().stream()
        .mapToDouble(expected -> score(Bleu.tokens(expected), words))
        .max()
        .orElseThrow();
  }

  private static double score(List<String> expected, List<String> words) {
    int common = 0;
    int given = 0;
    int wanted = 0;
    for (int order = 1; order <= ORDERS; order++) {
      var own = Ngrams.of(words, order);
      var right = Ngrams.of(expected, order);
      common += Ngrams.common(own, right);
      given += Ngrams.total(own);
      wanted += Ngrams.total(right);
    }
    return common == 0 ? 0 : (double) common / Math.max(given, wanted);
  }
}
