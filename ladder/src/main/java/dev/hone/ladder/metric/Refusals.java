package dev.hone.ladder.metric;

import java.util.List;
import java.util.Locale;

/// Whether an answer refuses where it should, and answers where it should: the share of rows of
/// which that is true. A row should be refused whose own answer is a refusal, told by its words.
public final class Refusals implements Metric {
  private static final List<String> WORDS =
      List.of(
          "the passage does not say",
          "the passages that were found do not say",
          "no document is about this",
          "the model's answer does not stand in the documents",
          "i don't know",
          "i do not know",
          "i cannot answer",
          "i can't answer",
          "i'm not able to",
          "i am not able to",
          "not in the documents",
          "unanswerable");

  @Override
  public String name() {
    return "refusal";
  }

  @Override
  public boolean isPassFail() {
    return true;
  }

  @Override
  public double score(Reference reference, String answer) {
    boolean shouldRefuse = reference.answers().stream().anyMatch(Refusals::isRefusal);
    return shouldRefuse == isRefusal(answer) ? 1 : 0;
  }

  /// Whether a text says that it does not answer.
  public static boolean isRefusal(String text) {
    var lower = text.strip().toLowerCase(Locale.ROOT).replace('’', '\'');
    return lower.isEmpty() || WORDS.stream().anyMatch(lower::startsWith);
  }
}
