package dev.hone.ladder.metric;

import dev.hone.tune.eval.TextMatch;

/// F1 of words as SQuAD defines it, of the best accepted answer: see [TextMatch].
public final class WordF1 implements Metric {
  @Override
  public String name() {
    return "f1";
  }

  @Override
  public boolean isPassFail() {
    return false;
  }

  @Override
  public double score(Reference reference, String answer) {
    return TextMatch.f1(answer, reference.answers());
  }
}
