package dev.hone.ladder.metric;

import java.util.List;

/// How alike two texts are letter by letter, as RapidFuzz's `fuzz.ratio` computes it, as a share of
/// one: the longest common subsequence of code points, twice, by the length of both. Time grows
/// with the product of the lengths.
public final class FuzzyMatch implements Metric {
  @Override
  public String name() {
    return "fuzzy-match";
  }

  @Override
  public boolean isPassFail() {
    return false;
  }

  /// Of the best reference.
  @Override
  public double score(Reference reference, String answer) {
    var letters = letters(answer);
    return reference.answers().stream()
        .mapToDouble(expected -> score(letters(expected), letters))
        .max()
        .orElseThrow();
  }

  private static List<Integer> letters(String text) {
    return text.codePoints().boxed().toList();
  }

  private static double score(List<Integer> expected, List<Integer> letters) {
    int all = expected.size() + letters.size();
    return all == 0 ? 1 : 2.0 * RougeL.common(letters, expected) / all;
  }
}
