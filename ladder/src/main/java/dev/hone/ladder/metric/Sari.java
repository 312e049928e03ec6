package dev.hone.ladder.metric;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// SARI (Xu et al. 2016) as its authors' script computes it: the mean of what was rightly kept (F),
/// rightly deleted (precision) and rightly added (F), over n-grams of one to four words, 0/0 being
/// 0.
public final class Sari implements Metric {
  private static final int ORDERS = 4;

  @Override
  public String name() {
    return "sari";
  }

  @Override
  public boolean isPassFail() {
    return false;
  }

  @Override
  public double score(Reference reference, String answer) {
    double sum = 0;
    for (int order = 1; order <= ORDERS; order++) {
      sum += score(reference, answer, order);
    }
    return sum / ORDERS;
  }

  private static double score(Reference reference, String answer, int order) {
    int references = reference.answers().size();
    var source = times(ngrams(reference.source(), order), references);
    var own = times(ngrams(answer, order), references);
    var wanted = new HashMap<List<String>, Integer>();
    for (var expected : reference.answers()) {
      ngrams(expected, order).forEach((ngram, count) -> wanted.merge(ngram, count, Integer::sum));
    }
    return (kept(source, own, wanted) + deleted(source, own, wanted) + added(source, own, wanted))
        / 3;
  }

  private static Map<List<String>, Integer> ngrams(String text, int order) {
    return Ngrams.of(List.of(text.toLowerCase(Locale.ROOT).split(" ", -1)), order);
  }

  private static Map<List<String>, Integer> times(Map<List<String>, Integer> counts, int factor) {
    counts.replaceAll((ngram, count) -> count * factor);
    return counts;
  }

  private static double kept(
      Map<List<String>, Integer> source,
      Map<List<String>, Integer> own,
      Map<List<String>, Integer> wanted) {
    var kept = and(source, own);
    var right = and(kept, wanted);
    var toKeep = and(source, wanted);
    return f(shares(right, kept), shares(right, toKeep));
  }

  private static double deleted(
      Map<List<String>, Integer> source,
      Map<List<String>, Integer> own,
      Map<List<String>, Integer> wanted) {
    var deleted = minus(source, own);
    return shares(minus(deleted, wanted), deleted);
  }

  private static double added(
      Map<List<String>, Integer> source,
      Map<List<String>, Integer> own,
      Map<List<String>, Integer> wanted) {
    var added = new HashSet<>(own.keySet());
    added.removeAll(source.keySet());
    var toAdd = new HashSet<>(wanted.keySet());
    toAdd.removeAll(source.keySet());
    var right = new HashSet<>(added);
    right.retainAll(toAdd);
    return f(share(right.size(), added.size()), share(right.size(), toAdd.size()));
  }

  private static double share(int part, int whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  /// The mean over the n-grams of `all` of the share that is in `right`.
  private static double shares(Map<List<String>, Integer> right, Map<List<String>, Integer> all) {
    double sum = 0;
    for (var entry : right.entrySet()) {
      sum += (double) entry.getValue() / all.get(entry.getKey());
    }
    return all.isEmpty() ? 0 : sum / all.size();
  }

  private static double f(double precision, double recall) {
    return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
  }

  private static Map<List<String>, Integer> and(
      Map<List<String>, Integer> one, Map<List<String>, Integer> other) {
    var both = new HashMap<List<String>, Integer>();
    one.forEach((ngram, count) -> {
      int common = Math.min(count, other.getOrDefault(ngram, 0));
      if (common > 0) {
        both.put(ngram, common);
      }
    });
    return both;
  }

  private static Map<List<String>, Integer> minus(
      Map<List<String>, Integer> one, Map<List<String>, Integer> other) {
    var rest = new HashMap<List<String>, Integer>();
    one.forEach((ngram, count) -> {
      int left = count - other.getOrDefault(ngram, 0);
      if (left > 0) {
        rest.put(ngram, left);
      }
    });
    return rest;
  }
}
