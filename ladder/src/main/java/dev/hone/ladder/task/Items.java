package dev.hone.ladder.task;

import dev.hone.ladder.metric.Reference;
import dev.hone.model.UsageException;
import dev.hone.model.text.Conversation;
import dev.hone.model.text.Message;
import dev.hone.tune.data.Line;
import dev.hone.tune.data.Row;
import dev.hone.tune.data.RowReader;
import dev.hone.tune.data.Source;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads rows as items.
public final class Items {
  private static final JsonMapper JSON = JsonMapper.shared();

  private Items() {}

  /// @param groupField of `metadata`, or of the row, that says which rows belong together; empty
  ///   where each stands alone
  /// @throws UsageException when a row asks nothing, has no answer, or cannot be read
  public static List<Item> read(Source source, Optional<String> groupField) throws IOException {
    var items = new ArrayList<Item>();
    try (var reader = RowReader.open(source)) {
      for (var line = reader.next(); line.isPresent(); line = reader.next()) {
        switch (line.get()) {
          case Line.Broken(var number, var problem) ->
              throw refusal(source, number, problem.text(), "hone data check shows all such rows");
          case Line.Valid valid -> items.add(item(source, valid, groupField));
        }
      }
    }
    if (items.isEmpty()) {
      throw new UsageException(source.file() + ": holds no row", "name another file");
    }
    return items;
  }

  static UsageException refusal(Source source, long line, String what, String hint) {
    return new UsageException("%s, line %,d: %s".formatted(source.file(), line, what), hint);
  }

  private static Item item(Source source, Line.Valid line, Optional<String> groupField) {
    var conversation =
        conversation(line.row())
            .orElseThrow(() ->
                refusal(
                    source,
                    line.number(),
                    "is plain text, which asks nothing",
                    "give rows to answer"));
    var messages = conversation.messages();
    var last = messages.getLast();
    var asked = new Conversation(messages.subList(0, messages.size() - 1), conversation.tools());
    var question =
        asked.messages().stream()
            .filter(message -> message.role().equals("user"))
            .reduce((first, second) -> second)
            .map(Message::content);
    if (!last.role().equals("assistant") || question.isEmpty()) {
      throw refusal(
          source,
          line.number(),
          "is no question with an answer",
          "a row ends with a user's message and the assistant's answer");
    }
    var row = JSON.readTree(line.json());
    return new Item(
        line.number(),
        asked,
        question.get(),
        new Reference(question.get(), answers(row, last), asked.tools(), said(asked)),
        groupField.map(field -> group(row, field)).orElse("line " + line.number()),
        line.json());
  }

  /// Empty for plain text.
  private static Optional<Conversation> conversation(Row row) {
    return switch (row) {
      case Row.Chat(var said) -> Optional.of(said);
      case Row.Completion(var prompt, var completion) ->
          Optional.of(Conversation.ofPrompt(prompt, completion));
      case Row.Text any -> Optional.empty();
    };
  }

  /// What is asked and the row's own answer to it.
  public static Conversation whole(Item item) {
    return conversation(Row.of(item.json())).orElseThrow();
  }

  static List<String> answers(JsonNode row, Message last) {
    var listed = listed(row);
    if (!listed.isEmpty()) {
      return listed;
    }
    return last.toolCalls().isEmpty() ? List.of(last.content()) : List.of(calls(last));
  }

  /// As a [Reference] has it.
  static List<String> said(Conversation asked) {
    return asked.messages().size() == 1
        ? List.of()
        : asked.messages().stream().map(Items::said).toList();
  }

  private static String said(Message message) {
    var calls = message.toolCalls().isEmpty() ? "" : calls(message);
    return "%s: %s".formatted(message.role(), (message.content() + " " + calls).strip());
  }

  /// Answers that a row lists as accepted; none where it does not.
  static List<String> listed(JsonNode row) {
    var listed = row.path("metadata").path("answers");
    return listed.isArray() ? listed.valueStream().map(JsonNode::asString).toList() : List.of();
  }

  /// Tool calls as text: an object, or a list where there are several.
  static String calls(Message message) {
    var calls = new ArrayList<Object>();
    for (var call : message.toolCalls()) {
      var json = new LinkedHashMap<String, Object>();
      json.put("name", call.name());
      json.put("arguments", call.arguments());
      calls.add(json);
    }
    return JSON.writeValueAsString(calls.size() == 1 ? calls.getFirst() : calls);
  }

  private static String group(JsonNode row, String field) {
    var inside = row.path("metadata").path(field);
    var value = inside.isMissingNode() ? row.path(field) : inside;
    return value.isMissingNode() ? "" : value.asString(value.toString());
  }
}
