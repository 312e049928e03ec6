package dev.hone.rag.measure;

import dev.hone.model.UsageException;
import dev.hone.rag.store.StoredPassage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A question with what is known of its answer.
///
/// @param source the document that answers it
/// @param metadata fields of the record that answers it
/// @param answers accepted short answers; may be empty
/// @param evidence what must stand in a passage for it to answer; empty where any passage of the
///   document, or the record, does
public record Question(
    String text,
    Optional<String> source,
    Map<String, String> metadata,
    List<String> answers,
    Optional<String> evidence) {
  public Question {
    metadata = Map.copyOf(metadata);
    answers = List.copyOf(answers);
  }

  /// Whether the passage is of the document, and of the record, that answers the question, and has
  /// the evidence.
  boolean isAnsweredFrom(StoredPassage passage) {
    return source.map(passage.source()::equals).orElse(true)
        && evidence.map(passage.passage().text()::contains).orElse(true)
        && passage.passage().metadata().entrySet().containsAll(metadata.entrySet());
  }

  /// Whether the passage is of the document that answers it; of the record, where no document is
  /// named.
  boolean isOfItsDocument(StoredPassage passage) {
    return source.isPresent() ? source.get().equals(passage.source()) : isAnsweredFrom(passage);
  }

  /// As a line that [#read] reads.
  public String json() {
    var row = new LinkedHashMap<String, Object>();
    row.put("question", text);
    source.ifPresent(name -> row.put("source", name));
    if (!metadata.isEmpty()) {
      row.put("metadata", metadata);
    }
    row.put("answers", answers);
    evidence.ifPresent(sentence -> row.put("evidence", sentence));
    return JsonMapper.shared().writeValueAsString(row);
  }

  /// Reads JSON Lines: `question`, `source` or `metadata` or both, `answers`, `evidence`.
  ///
  /// @throws UsageException when a line is no question
  public static List<Question> read(Path file) throws IOException {
    var questions = new ArrayList<Question>();
    int number = 0;
    for (var line : Files.readAllLines(file)) {
      number++;
      if (!line.isBlank()) {
        questions.add(of(line, "%s, line %,d".formatted(file, number)));
      }
    }
    if (questions.isEmpty()) {
      throw new UsageException(file + ": has no question", "a line is {\"question\": …}");
    }
    return questions;
  }

  private static Question of(String line, String where) {
    JsonNode row;
    try {
      row = JsonMapper.shared().readTree(line);
    } catch (JacksonException e) {
      throw new UsageException(
          "%s: is not JSON: %s".formatted(where, e.getOriginalMessage()),
          "a line is one object",
          e);
    }
    var text = row.path("question").asString("");
    var source = text(row, "source");
    var metadata = new LinkedHashMap<String, String>();
    row.path("metadata").forEachEntry((name, value) -> metadata.put(name, value.asString("")));
    var answers = new ArrayList<String>();
    row.path("answers").forEach(answer -> answers.add(answer.asString("")));
    if (text.isBlank() || source.isEmpty() && metadata.isEmpty()) {
      throw new UsageException(
          where + ": lacks the question, or what answers it",
          "write {\"question\": \"…\", \"source\": \"path/of/the/document.md\"}");
    }
    return new Question(text, source, metadata, answers, text(row, "evidence"));
  }

  private static Optional<String> text(JsonNode row, String field) {
    return Optional.of(row.path(field).asString("")).filter(text -> !text.isEmpty());
  }
}
