package dev.hone.tune.data;

import dev.hone.model.text.Conversation;

/// What one row of a file says, whatever file it stood in.
public sealed interface Row {
  /// A conversation: `messages`, or `prompt`/`completion` given as lists of messages.
  record Chat(Conversation conversation) implements Row {}

  /// A prompt and the answer to it; only the answer is learned.
  record Completion(String prompt, String completion) implements Row {}

  /// Plain text, learned throughout.
  record Text(String text) implements Row {}

  /// Reads a row again that was read before, from its line of JSON.
  static Row of(String json) {
    return switch (RowParser.parse(0, json)) {
      case Line.Valid(var number, var row, var text, var warnings) -> row;
      case Line.Broken(var number, var problem) ->
          throw new IllegalArgumentException("a row that was read before: " + problem.text());
    };
  }
}
