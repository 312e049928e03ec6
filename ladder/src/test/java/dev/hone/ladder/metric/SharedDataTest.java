package dev.hone.ladder.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads data that lie beside the project: `acceptance/run SHARED 90-ladder` runs it.
@Tag("shared")
class SharedDataTest {
  private static final JsonMapper JSON = JsonMapper.shared();

  private static Path data(String name) {
    return Path.of(System.getenv("SHARED"), "data", name);
  }

  /// Scores of real systems, as SQuAD's own script gives them.
  @ParameterizedTest
  @CsvSource({"bert, 87.250, 92.499", "r-net+, 82.620, 88.184", "logistic, 40.246, 51.070"})
  void squadsPredictionsScoreAsPublished(String system, double exact, double f1)
      throws IOException {
    var predictions = JSON.readTree(Files.readString(data("squad/preds-" + system + ".json")));
    var articles = JSON.readTree(Files.readString(data("squad/dev-13articles.json")));
    var exactMatch = new ExactMatch();
    var wordF1 = new WordF1();
    double exactSum = 0;
    double f1Sum = 0;
    int count = 0;
    for (var article : articles.get("data")) {
      for (var paragraph : article.get("paragraphs")) {
        for (var question : paragraph.get("qas")) {
          var answers =
              question.get("answers").valueStream().map(a -> a.get("text").asString()).toList();
          var reference = new Reference("", answers);
          var said = predictions.path(question.get("id").asString()).asString("");
          exactSum += exactMatch.score(reference, said);
          f1Sum += wordF1.score(reference, said);
          count++;
        }
      }
    }
    assertEquals(exact, 100 * exactSum / count, 5e-4);
    assertEquals(f1, 100 * f1Sum / count, 5e-4);
  }

  /// Every accepted answer of BFCL, as a call, is right.
  @ParameterizedTest
  @ValueSource(strings = {"simple_python", "multiple"})
  void acceptedCallsAreRight(String category) throws IOException {
    var schemas = lines("bfcl/BFCL_v4_" + category + ".json");
    var accepted = lines("bfcl/possible_answer/BFCL_v4_" + category + ".json");
    var wrong = new LinkedHashMap<String, String>();
    for (var answer : accepted.entrySet()) {
      var expected = answer.getValue().get("ground_truth").get(0);
      var name = expected.propertyNames().iterator().next();
      for (var schema : schemas.get(answer.getKey()).get("function")) {
        if (schema.get("name").asString().equals(name)) {
          ToolCallMatch.objection(schema, expected, call(name, expected.get(name)))
              .ifPresent(objection -> wrong.put(answer.getKey(), objection));
        }
      }
    }
    assertEquals(Map.of(), wrong);
  }

  private static JsonNode call(String name, JsonNode accepted) {
    var call = JSON.createObjectNode().put("name", name);
    var arguments = call.putObject("arguments");
    accepted.forEachEntry((parameter, values) ->
        values
            .valueStream()
            .filter(one -> !(one.isString() && one.asString().isEmpty()))
            .findFirst()
            .ifPresent(value -> arguments.set(parameter, chosen(value))));
    return call;
  }

  /// In an object each field has its own list of accepted values.
  private static JsonNode chosen(JsonNode value) {
    if (value.isArray()) {
      var array = JSON.createArrayNode();
      value.forEach(one -> array.add(chosen(one)));
      return array;
    }
    if (!value.isObject()) {
      return value;
    }
    var object = JSON.createObjectNode();
    value.forEachEntry((field, values) -> object.set(field, chosen(values.get(0))));
    return object;
  }

  private static Map<String, JsonNode> lines(String name) throws IOException {
    var lines = new LinkedHashMap<String, JsonNode>();
    for (var line : Files.readAllLines(data(name))) {
      var node = JSON.readTree(line);
      lines.put(node.get("id").asString(), node);
    }
    return lines;
  }
}
