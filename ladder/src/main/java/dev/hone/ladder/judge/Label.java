package dev.hone.ladder.judge;

import dev.hone.model.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a person says of a pair.
public record Label(Pair pair, Better better) {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String QUESTION = "question";
  private static final String ANSWER_A = "answer_a";
  private static final String ANSWER_B = "answer_b";
  private static final String BETTER = "better";
  private static final String HINT =
      "a line is {\"question\": …, \"answer_a\": …, \"answer_b\": …, \"better\": \"A\", \"B\" or"
          + " \"tie\"}";

  /// Reads a file of them, a JSON object a line. One whose `better` is empty is not labelled yet,
  /// and passed over.
  ///
  /// @throws UsageException when a line is none
  public static List<Label> read(Path file) throws IOException {
    var labels = new ArrayList<Label>();
    int number = 0;
    for (var line : Files.readAllLines(file)) {
      number++;
      if (!line.isBlank()) {
        var row = json(file, number, line);
        var better = text(file, number, row, BETTER);
        if (!better.isBlank()) {
          labels.add(label(file, number, row, better));
        }
      }
    }
    return labels;
  }

  /// The same with the answers in the other order.
  public Label swapped() {
    return new Label(pair.swapped(), better.swapped());
  }

  private static Label label(Path file, int number, JsonNode row, String word) {
    var pair =
        new Pair(
            text(file, number, row, QUESTION),
            text(file, number, row, ANSWER_A),
            text(file, number, row, ANSWER_B));
    var better =
        Better.of(word)
            .orElseThrow(
                () -> refusal(file, number, "better is \"%s\", not A, B or tie".formatted(word)));
    return new Label(pair, better);
  }

  private static JsonNode json(Path file, int number, String line) {
    try {
      return JSON.readTree(line);
    } catch (JacksonException e) {
      throw refusal(file, number, "is no JSON: " + e.getOriginalMessage());
    }
  }

  private static String text(Path file, int number, JsonNode row, String field) {
    var value = row.path(field);
    if (!value.isString()) {
      throw refusal(file, number, "has no text named " + field);
    }
    return value.asString();
  }

  private static UsageException refusal(Path file, int number, String what) {
    return new UsageException("%s, line %,d: %s".formatted(file, number, what), HINT);
  }

  /// A line of such a file, for a person to fill in.
  public static String unlabelled(Pair pair) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put(QUESTION, pair.question());
    line.put(ANSWER_A, pair.a());
    line.put(ANSWER_B, pair.b());
    line.put(BETTER, "");
    return JSON.writeValueAsString(line);
  }
}
