package dev.hone.ladder.metric;

import dev.hone.model.UsageException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// ROUGE-L (Lin 2004) as rouge-score computes it, without stemming: F of the longest common
/// subsequence of words, which are runs of `a-z0-9`.
public final class RougeL implements Metric {
  @Override
  public String name() {
    return "rouge-l";
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
    var words = words(answer);
    double best = 0;
    for (var expected : reference.answers()) {
      var wanted = requireWords(expected);
      best = Math.max(best, 2.0 * common(words, wanted) / (words.size() + wanted.size()));
    }
    return best;
  }

  /// The words of a reference.
  static List<String> requireWords(String expected) {
    var words = words(expected);
    if (words.isEmpty()) {
      throw new UsageException(
          "ROUGE knows Latin letters and digits only, and '%s' has none".formatted(expected),
          "use --metric chrf, which counts characters of any script");
    }
    return words;
  }

  static List<String> words(String text) {
    return Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^a-z0-9]+"))
        .filter(word -> !word.isEmpty())
        .toList();
  }

  /// The length of the longest common subsequence.
  static <T> int common(List<T> one, List<T> other) {
    var lengths = new int[other.size() + 1];
    for (var part : one) {
      int diagonal = 0;
      for (int j = 1; j < lengths.length; j++) {
        int above = lengths[j];
        lengths[j] = part.equals(other.get(j - 1)) ? diagonal + 1 : Math.max(above, lengths[j - 1]);
        diagonal = above;
      }
    }
    return lengths[other.size()];
  }
}
