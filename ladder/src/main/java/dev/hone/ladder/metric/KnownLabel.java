package dev.hone.ladder.metric;

import dev.hone.tune.eval.TextMatch;
import java.util.List;
import java.util.TreeSet;

/// Whether the answer is one of the labels at all, right or wrong.
public final class KnownLabel implements Metric {
  private final List<String> labels;

  /// @param labels of the task; as [TextMatch] compares them
  public KnownLabel(List<String> labels) {
    this.labels = List.copyOf(new TreeSet<>(labels));
  }

  @Override
  public String name() {
    return "a-label";
  }

  @Override
  public boolean isPassFail() {
    return true;
  }

  @Override
  public double score(Reference reference, String answer) {
    return TextMatch.isExact(answer, labels) ? 1 : 0;
  }
}
