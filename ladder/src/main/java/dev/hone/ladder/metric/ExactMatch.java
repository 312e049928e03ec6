package dev.hone.ladder.metric;

import dev.hone.tune.eval.TextMatch;

/// Whether the answer is an accepted one, as SQuAD compares them: see [TextMatch].
public final class ExactMatch implements Metric {
  @Override
  public String name() {
    return "exact";
  }

  @Override
  public boolean isPassFail() {
    return true;
  }

  @Override
  public double score(Reference reference, String answer) {
    return TextMatch.isExact(answer, reference.answers()) ? 1 : 0;
  }
}
