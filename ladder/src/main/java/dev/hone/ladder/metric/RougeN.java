package dev.hone.ladder.metric;

import dev.hone.model.UsageException;

/// ROUGE-N (Lin 2004) as rouge-score computes it, without stemming: F of the n-grams of words,
/// which are runs of `a-z0-9`.
///
/// @param order how many words an n-gram has
public record RougeN(int order) implements Metric {
  @Override
  public String name() {
    return "rouge-" + order;
  }

  @Override
  public boolean isPassFail() {
    return false;
  }

  /// Of the best reference.
  ///
  /// @throws UsageException where a reference has no word that it knows
  @Override
  public double score(Reference reference, String answer) {
    var own = Ngrams.of(RougeL.words(answer), order);
    double best = 0;
    for (var expected : reference.answers()) {
      var wanted = Ngrams.of(RougeL.requireWords(expected), order);
      int all = Ngrams.total(own) + Ngrams.total(wanted);
      best = Math.max(best, all == 0 ? 0 : 2.0 * Ngrams.common(own, wanted) / all);
    }
    return best;
  }
}
