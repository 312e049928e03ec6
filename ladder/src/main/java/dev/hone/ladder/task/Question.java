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
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A row that asks something, whether or not it knows the answer.
///
/// @param line of the file, from 1
/// @param asked the conversation before the answer
/// @param text the last thing that the user said
/// @param reference what an answer is held against; empty where the row has none
/// @param row as it stood in the file
public record Question(
    long line, Conversation asked, String text, Optional<Reference> reference, JsonNode row) {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String MESSAGES = "messages";

  /// @throws UsageException when a row asks nothing, or cannot be read
  public static List<Question> read(Source source) throws IOException {
    var questions = new ArrayList<Question>();
    try (var reader = RowReader.openQuestions(source)) {
      for (var line = reader.next(); line.isPresent(); line = reader.next()) {
        switch (line.get()) {
          case Line.Broken(var number, var problem) ->
              throw Items.refusal(
                  source, number, problem.text(), "a row has a prompt, or messages");
          case Line.Valid valid -> questions.add(question(source, valid));
        }
      }
    }
    if (questions.isEmpty()) {
      throw new UsageException(source.file() + ": holds no row", "name another file");
    }
    return questions;
  }

  private static Question question(Source source, Line.Valid line) {
    return switch (line.row()) {
      case Row.Chat(var said) -> of(source, line, said);
      case Row.Completion(var prompt, var completion) ->
          of(
              source,
              line,
              completion.isBlank()
                  ? new Conversation(List.of(Message.user(prompt)))
                  : Conversation.ofPrompt(prompt, completion));
      case Row.Text any ->
          throw Items.refusal(
              source, line.number(), "is plain text, which asks nothing", "give rows to answer");
    };
  }

  private static Question of(Source source, Line.Valid line, Conversation said) {
    var last = said.messages().getLast();
    boolean isAnswered = last.role().equals("assistant");
    int before = said.messages().size() - (isAnswered ? 1 : 0);
    var asked = new Conversation(said.messages().subList(0, before), said.tools());
    var text =
        asked.messages().stream()
            .filter(message -> message.role().equals("user"))
            .reduce((first, second) -> second)
            .map(Message::content)
            .orElseThrow(() ->
                Items.refusal(
                    source, line.number(), "asks nothing", "a row has a message of the user"));
    var row = JSON.readTree(line.json());
    var answers = isAnswered ? Items.answers(row, last) : Items.listed(row);
    return new Question(
        line.number(),
        asked,
        text,
        answers.isEmpty()
            ? Optional.empty()
            : Optional.of(new Reference(text, answers, asked.tools(), Items.said(asked))),
        row);
  }

  /// The row with another answer, as a row of `messages`.
  ///
  /// @param answer an assistant's message
  public ObjectNode answered(ObjectNode answer) {
    var answered = JSON.createObjectNode();
    var messages = answered.putArray(MESSAGES);
    said().limit(asked.messages().size()).forEach(messages::add);
    messages.add(answer);
    if (!asked.tools().isEmpty()) {
      answered.set("tools", row.path("tools"));
    }
    if (row.path("metadata").isObject()) {
      answered.set("metadata", row.path("metadata").deepCopy());
    }
    return answered;
  }

  /// The messages as they stood in the file.
  private Stream<JsonNode> said() {
    if (row.path("prompt").isString()) {
      return Stream.of(JSON.createObjectNode().put("role", "user").put("content", text));
    }
    return Stream.of(MESSAGES, "prompt", "completion")
        .flatMap(name -> row.path(name).valueStream());
  }
}
