package dev.hone.ladder.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

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

  /// A function of BFCL, its accepted answers, and the first of them as a call.
  private record Accepted(String id, JsonNode schema, JsonNode answers, ObjectNode call) {
    /// Whether a call, or a list of calls, is as good as the accepted one.
    boolean isRight(JsonNode said) {
      if (said.isObject()) {
        return ToolCallMatch.objection(schema, answers, said).isEmpty();
      }
      var tools = List.of(Map.<String, Object>of("function", schema));
      var reference = new Reference("", List.of(call.toString()), tools);
      return new ToolCalls().score(reference, said.toString()) == 1;
    }

    ObjectNode arguments() {
      return (ObjectNode) call.get("arguments");
    }

    /// The names of the call's arguments that are of a type in the schema.
    List<String> ofType(String type) {
      return arguments().propertyNames().stream()
          .filter(name ->
              schema.at("/parameters/properties/" + name + "/type").asString("").equals(type))
          .toList();
    }

    boolean isRequired(String name) {
      return schema
          .at("/parameters/required")
          .valueStream()
          .anyMatch(one -> one.asString().equals(name));
    }

    boolean accepts(String name, JsonNode value) {
      return answers
          .path(call.path("name").asString())
          .path(name)
          .valueStream()
          .anyMatch(value::equals);
    }

    Optional<JsonNode> with(Optional<String> name, UnaryOperator<JsonNode> change) {
      return name.map(argument -> {
        var changed = call.deepCopy();
        var arguments = (ObjectNode) changed.get("arguments");
        var value = change.apply(arguments.get(argument));
        if (value.isMissingNode()) {
          arguments.remove(argument);
        } else {
          arguments.set(argument, value);
        }
        return changed;
      });
    }
  }

  private static List<Accepted> accepted(String category) throws IOException {
    var schemas = lines("bfcl/BFCL_v4_" + category + ".json");
    var accepted = new ArrayList<Accepted>();
    lines("bfcl/possible_answer/BFCL_v4_" + category + ".json")
        .forEach((id, answer) -> {
          var answers = answer.get("ground_truth").get(0);
          var name = answers.propertyNames().iterator().next();
          for (var schema : schemas.get(id).get("function")) {
            if (schema.get("name").asString().equals(name)) {
              accepted.add(new Accepted(id, schema, answers, call(name, answers.get(name))));
            }
          }
        });
    return accepted;
  }

  /// Every accepted answer of BFCL, as a call, is right.
  @ParameterizedTest
  @ValueSource(strings = {"simple_python", "multiple"})
  void acceptedCallsAreRight(String category) throws IOException {
    var accepted = accepted(category);
    var wrong = accepted.stream().filter(one -> !one.isRight(one.call())).map(Accepted::id);
    assertEquals(List.of(), wrong.toList());
    print(category, "accepted", accepted.size(), accepted.size());
  }

  /// What is done to a call, where it can be done and makes it another one than is accepted, and
  /// whether it is right then.
  private enum Mutation {
    WRONG_NAME(false) {
      @Override
      Optional<JsonNode> of(Accepted one) {
        return Optional.of(
            one.call().deepCopy().put("name", one.call().get("name").asString() + "_2"));
      }
    },
    MISSING_REQUIRED(false) {
      @Override
      Optional<JsonNode> of(Accepted one) {
        var name = one.arguments().propertyNames().stream().filter(one::isRequired).findFirst();
        return one.with(name, value -> JSON.missingNode());
      }
    },
    EXTRA_PARAMETER(false) {
      @Override
      Optional<JsonNode> of(Accepted one) {
        var changed = one.call().deepCopy();
        ((ObjectNode) changed.get("arguments")).put("no_such_parameter", 1);
        return Optional.of(changed);
      }
    },
    INTEGER_FOR_STRING(false) {
      @Override
      Optional<JsonNode> of(Accepted one) {
        return one.with(one.ofType("string").stream().findFirst(), value -> JSON.valueToTree(7));
      }
    },
    FLOAT_FOR_INTEGER(false) {
      @Override
      Optional<JsonNode> of(Accepted one) {
        return one.with(
            one.ofType("integer").stream().findFirst(),
            value -> JSON.valueToTree(value.asDouble()));
      }
    },
    OTHER_CASE(true) {
      @Override
      Optional<JsonNode> of(Accepted one) {
        return one.with(
            one.ofType("string").stream().findFirst(),
            value -> JSON.valueToTree(value.asString().toUpperCase(Locale.ROOT)));
      }
    },
    REORDERED_LIST(false) {
      @Override
      Optional<JsonNode> of(Accepted one) {
        var list =
            one.ofType("array").stream()
                .filter(name -> !one.accepts(name, reversed(one.arguments().get(name))))
                .findFirst();
        return one.with(list, Mutation::reversed);
      }
    },
    OMITTED_OPTIONAL(false) {
      @Override
      Optional<JsonNode> of(Accepted one) {
        var name =
            one.arguments().propertyNames().stream()
                .filter(argument ->
                    !one.isRequired(argument) && !one.accepts(argument, JSON.valueToTree("")))
                .findFirst();
        return one.with(name, value -> JSON.missingNode());
      }
    },
    TWO_CALLS(false) {
      @Override
      Optional<JsonNode> of(Accepted one) {
        return Optional.of(JSON.createArrayNode().add(one.call()).add(one.call()));
      }
    };

    private final boolean isStillRight;

    Mutation(boolean isStillRight) {
      this.isStillRight = isStillRight;
    }

    abstract Optional<JsonNode> of(Accepted one);

    private static JsonNode reversed(JsonNode list) {
      return JSON.createArrayNode().addAll(list.valueStream().toList().reversed());
    }
  }

  /// Nine ways to be wrong, one of which is right.
  @ParameterizedTest
  @EnumSource
  void mutatedCallsScoreAsBfclSays(Mutation mutation) throws IOException {
    for (var category : List.of("simple_python", "multiple")) {
      int made = 0;
      int right = 0;
      for (var one : accepted(category)) {
        var mutated = mutation.of(one);
        made += mutated.isPresent() ? 1 : 0;
        right += mutated.filter(one::isRight).isPresent() ? 1 : 0;
      }
      print(category, mutation.name().toLowerCase(Locale.ROOT).replace('_', ' '), right, made);
      assertTrue(made > 0);
      assertEquals(mutation.isStillRight ? made : 0, right, category);
    }
  }

  private static void print(String category, String what, int right, int of) {
    System.out.printf("bfcl %s, %s: %d of %d right%n", category, what, right, of);
  }

  private static ObjectNode call(String name, JsonNode accepted) {
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
