package dev.hone.ladder.task;

import dev.hone.ladder.metric.Reference;
import dev.hone.model.text.Conversation;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One example: what is asked, and what is a good answer.
///
/// @param line of the file, from 1
/// @param asked the conversation without its last answer
/// @param question the last thing that the user said
/// @param reference the row's answer, or the accepted ones
/// @param group rows of one group never stand on both sides of the split
/// @param json the row as one line of JSON
public record Item(
    long line,
    Conversation asked,
    String question,
    Reference reference,
    String group,
    String json) {
  /// Passages that hold what the row asks for, where it carries them: `metadata.context`, a text or
  /// a list of them.
  public List<String> contexts() {
    var context = metadata().path("context");
    return context.isArray()
        ? context.valueStream().map(JsonNode::asString).toList()
        : context.isString() ? List.of(context.asString()) : List.of();
  }

  /// The document that holds what the row asks for, where it says: `metadata.source`.
  public Optional<String> source() {
    return Optional.ofNullable(metadata().path("source").asString(null));
  }

  private JsonNode metadata() {
    return json.isEmpty()
        ? JsonMapper.shared().missingNode()
        : JsonMapper.shared().readTree(json).path("metadata");
  }

  /// The row's own answer.
  public String answer() {
    return reference.answers().getFirst();
  }
}
