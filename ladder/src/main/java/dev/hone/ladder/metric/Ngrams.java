package dev.hone.ladder.metric;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Sequences of neighbouring parts, counted.
final class Ngrams {
  private Ngrams() {}

  /// Of words.
  static Map<List<String>, Integer> of(List<String> words, int order) {
    var counts = new HashMap<List<String>, Integer>();
    for (int i = 0; i + order <= words.size(); i++) {
      counts.merge(words.subList(i, i + order), 1, Integer::sum);
    }
    return counts;
  }

  /// Of code points.
  static Map<String, Integer> ofCharacters(String text, int order) {
    var counts = new HashMap<String, Integer>();
    var points = text.codePoints().toArray();
    for (int i = 0; i + order <= points.length; i++) {
      counts.merge(new String(points, i, order), 1, Integer::sum);
    }
    return counts;
  }

  /// How many of the one are in the other too.
  static <T> int common(Map<T, Integer> one, Map<T, Integer> other) {
    return one.entrySet().stream()
        .mapToInt(entry -> Math.min(entry.getValue(), other.getOrDefault(entry.getKey(), 0)))
        .sum();
  }

  static <T> int total(Map<T, Integer> counts) {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }
}
