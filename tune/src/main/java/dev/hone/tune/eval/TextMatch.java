package dev.hone.tune.eval;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleBiFunction;
import java.util.regex.Pattern;

/// How far an answer is one of those that are expected, as SQuAD's official script measures it
/// (Rajpurkar et al. 2016, arXiv 1606.05250): in lower case, without punctuation, articles and
/// surplus space, against the best of the expected answers.
public final class TextMatch {
  private static final Pattern PUNCTUATION = Pattern.compile("\\p{Punct}");
  private static final Pattern ARTICLES =
      Pattern.compile("\\b(a|an|the)\\b", Pattern.UNICODE_CHARACTER_CLASS);

  private TextMatch() {}

  /// Whether the answer is one of the expected ones.
  public static boolean isExact(String answer, List<String> expected) {
    return best(answer, expected, (a, e) -> a.equals(e) ? 1 : 0) == 1;
  }

  /// The harmonic mean of the shares of the answer's words that are expected and of expected words
  /// that are in the answer. Where one of them has no word at all, 1 if neither has.
  public static double f1(String answer, List<String> expected) {
    return best(answer, expected, TextMatch::wordF1);
  }

  private static double best(
      String answer, List<String> expected, ToDoubleBiFunction<String, String> measure) {
    var normal = normal(answer);
    return expected.stream()
        .mapToDouble(one -> measure.applyAsDouble(normal, normal(one)))
        .max()
        .orElseThrow(() -> new IllegalArgumentException("no answer is expected"));
  }

  private static double wordF1(String answer, String expected) {
    if (answer.isEmpty() || expected.isEmpty()) {
      return answer.equals(expected) ? 1 : 0;
    }
    var words = answer.split(" ");
    var expectedWords = expected.split(" ");
    var left = new HashMap<String, Integer>();
    Arrays.stream(expectedWords).forEach(word -> left.merge(word, 1, Integer::sum));
    long common =
        Arrays.stream(words).filter(word -> left.merge(word, -1, Integer::sum) >= 0).count();
    return 2.0 * common / (words.length + expectedWords.length);
  }

  private static String normal(String text) {
    var words = PUNCTUATION.matcher(text.toLowerCase(Locale.ROOT)).replaceAll("");
    return ARTICLES.matcher(words).replaceAll(" ").strip().replaceAll("\\s+", " ");
  }
}
