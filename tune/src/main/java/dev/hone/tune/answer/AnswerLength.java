package dev.hone.tune.answer;

import dev.hone.model.text.Tokenizer;
import java.util.List;

/// How many tokens an answer may have, told from answers that are expected.
public final class AnswerLength {
  private static final double MOST_ANSWERS = 0.99;
  private static final int SPARE_TOKENS = 8;
  private static final int LEAST_TOKENS = 16;
  private static final int MOST_TOKENS = 512;

  private AnswerLength() {}

  /// Room for nearly all of these answers.
  ///
  /// @param answers at least one
  public static int of(Tokenizer tokenizer, List<String> answers) {
    var lengths = answers.stream().map(answer -> tokenizer.encode(answer).length).sorted().toList();
    int most = lengths.get((int) (lengths.size() * MOST_ANSWERS));
    return Math.clamp(most + SPARE_TOKENS, LEAST_TOKENS, MOST_TOKENS);
  }
}
