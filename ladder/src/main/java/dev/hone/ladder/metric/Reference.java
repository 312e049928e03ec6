package dev.hone.ladder.metric;

import java.util.List;
import java.util.Map;

/// What an answer is held against.
///
/// @param source what was asked, or the text to rewrite
/// @param answers accepted ones; at least one
/// @param tools on offer, as JSON objects
/// @param conversation all that was said before the answer, each message after its role; empty
///   where that is the source alone
public record Reference(
    String source,
    List<String> answers,
    List<Map<String, Object>> tools,
    List<String> conversation) {
  public Reference {
    answers = List.copyOf(answers);
    tools = List.copyOf(tools);
    conversation = List.copyOf(conversation);
    if (answers.isEmpty()) {
      throw new IllegalArgumentException("a reference needs an answer");
    }
  }

  public Reference(String source, List<String> answers, List<Map<String, Object>> tools) {
    this(source, answers, tools, List.of());
  }

  public Reference(String source, List<String> answers) {
    this(source, answers, List.of(), List.of());
  }
}
