package dev.hone.ladder.metric;

import java.util.List;
import java.util.Map;

/// What an answer is held against.
///
/// @param source what was asked, or the text to rewrite
/// @param answers accepted ones; at least one
/// @param tools on offer, as JSON objects
public record Reference(String source, List<String> answers, List<Map<String, Object>> tools) {
  public Reference {
    answers = List.copyOf(answers);
    tools = List.copyOf(tools);
    if (answers.isEmpty()) {
      throw new IllegalArgumentException("a reference needs an answer");
    }
  }

  public Reference(String source, List<String> answers) {
    this(source, answers, List.of());
  }
}
