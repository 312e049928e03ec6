package dev.hone.ladder.metric;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// Classification: whether the label is right, item by item, and macro-F1 over a set: the mean of
/// the classes' F1. What is no label of the task is one more class, with an F1 of 0.
public final class MacroF1 implements Metric {
  private final Map<String, Integer> places = new HashMap<>();

  /// @param labels of the task
  public MacroF1(List<String> labels) {
    new TreeSet<>(labels).forEach(label -> places.put(label, places.size()));
  }

  @Override
  public String name() {
    return "macro-f1";
  }

  @Override
  public boolean isPassFail() {
    return false;
  }

  /// Whether the label is right.
  @Override
  public double score(Reference reference, String answer) {
    return reference.answers().contains(answer.strip()) ? 1 : 0;
  }

  /// For each label, and for what is none, right ones, wrongly given ones, missed ones.
  @Override
  public double[] counts(Reference reference, String answer) {
    var counts = new double[3 * (places.size() + 1)];
    int given = place(answer.strip());
    int wanted = place(reference.answers().getFirst());
    if (score(reference, answer) == 1) {
      counts[3 * given]++;
    } else {
      counts[3 * given + 1]++;
      counts[3 * wanted + 2]++;
    }
    return counts;
  }

  private int place(String label) {
    return places.getOrDefault(label, places.size());
  }

  /// Classes that nobody has and nobody gave do not count.
  @Override
  public double value(double[] sums) {
    double sum = 0;
    int classes = 0;
    for (int i = 0; i < sums.length; i += 3) {
      double all = 2 * sums[i] + sums[i + 1] + sums[i + 2];
      if (all > 0) {
        sum += 2 * sums[i] / all;
        classes++;
      }
    }
    return classes == 0 ? 0 : sum / classes;
  }
}
