package dev.hone.ladder.metric;

import java.util.List;

/// What an answer is held against.
///
/// @param source what was asked, or the text to rewrite
/// @param answers accepted ones; at least one
public record Reference(String source, List<String> answers) {
  public Reference {
    answers = List.copyOf(answers);
    if (answers.isEmpty()) {
      throw new IllegalArgumentException("a reference needs an answer");
    }
  }
}
