package dev.hone.tune.answer;

import dev.hone.model.UsageException;
import dev.hone.model.text.Conversation;
import dev.hone.model.text.Message;
import dev.hone.tune.data.Line;
import dev.hone.tune.data.Row;
import dev.hone.tune.data.RowReader;
import dev.hone.tune.data.Source;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One row of a file, which asks something or does not.
public sealed interface RowToAsk {
  /// It ends with an answer in words, and what is before can be asked.
  record Asks(Question question) implements RowToAsk {}

  /// It cannot be asked.
  ///
  /// @param line of the row, from 1
  /// @param why such as "is plain text, which asks nothing"
  /// @param cure what to do about it
  record AsksNothing(long line, String why, String cure) implements RowToAsk {}

  /// All rows of a file, in its order.
  ///
  /// @throws UsageException when the file cannot be read or is empty
  static List<RowToAsk> read(Source source) throws IOException {
    var rows = new ArrayList<RowToAsk>();
    try (var reader = RowReader.open(source)) {
      for (var line = reader.next(); line.isPresent(); line = reader.next()) {
        rows.add(of(line.get()));
      }
    }
    if (rows.isEmpty()) {
      throw new UsageException(source.file() + ": holds no row", "name another file");
    }
    return rows;
  }

  private static RowToAsk of(Line line) {
    return switch (line) {
      case Line.Broken(var number, var problem) ->
          new AsksNothing(number, problem.text(), "hone data check shows all such rows");
      case Line.Valid valid ->
          switch (valid.row()) {
            case Row.Chat(var said) -> of(valid, said);
            case Row.Completion(var prompt, var completion) ->
                of(valid, Conversation.ofPrompt(prompt, completion));
            case Row.Text any ->
                new AsksNothing(
                    valid.number(), "is plain text, which asks nothing", "give rows to answer");
          };
    };
  }

  private static RowToAsk of(Line.Valid line, Conversation conversation) {
    var messages = conversation.messages();
    var last = messages.getLast();
    if (!last.role().equals("assistant") || !last.toolCalls().isEmpty()) {
      return new AsksNothing(
          line.number(), "does not end with an answer in words", "end it with the expected answer");
    }
    var asked = new Conversation(messages.subList(0, messages.size() - 1), conversation.tools());
    return new Asks(new Question(line.number(), asked, expected(line, last)));
  }

  private static List<String> expected(Line.Valid line, Message last) {
    var listed = JsonMapper.shared().readTree(line.json()).path("metadata").path("answers");
    return listed.isArray() && !listed.isEmpty()
        ? listed.valueStream().map(JsonNode::asString).toList()
        : List.of(last.content());
  }
}
