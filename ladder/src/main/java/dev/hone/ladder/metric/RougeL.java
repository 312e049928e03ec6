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
      var wanted = words(expected);
      if (wanted.isEmpty()) {
        throw new UsageException(
            "ROUGE-L knows Latin letters and digits only, and '%s' has none".formatted(expected),
            "use --metric chrf, which counts characters of any script");
      }
      best = Math.max(best, 2.0 * common(words, wanted) / (words.size() + wanted.size()));
    }
    return best;
  }

  private static List<String> words(String text) {
    return Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^a-z0-9]+"))
        .filter(word -> !word.isEmpty())
        .toList();
  }

  private static int common(List<String> one, List<String> other) {
    var lengths = new int[other.size() + 1];
    for (var word : one) {
      int diagonal = 0;
      for (int j = 1; j < lengths.length; j++) {
        int above = lengths[j];
        lengths[j] = word.equals(other.get(j - 1)) ? diagonal + 1 : Math.max(above, lengths[j - 1]);
        diagonal = above;
      }
    }
    return lengths[other.size()];
  }
}
