package dev.hone.tune.answer;

import dev.hone.model.text.Conversation;
import dev.hone.model.text.Message;
import java.util.List;

/// A row that asks something.
///
/// @param line of the row, from 1
/// @param asked the conversation without its last answer
/// @param expected the row's answer, or the list `metadata.answers` where it has one
public record Question(long line, Conversation asked, List<String> expected) {
  public Question {
    expected = List.copyOf(expected);
  }

  /// The last thing that the user said; empty where nothing was said.
  public String text() {
    return asked.messages().stream()
        .filter(message -> message.role().equals("user"))
        .reduce((first, second) -> second)
        .map(Message::content)
        .orElse("");
  }
}
