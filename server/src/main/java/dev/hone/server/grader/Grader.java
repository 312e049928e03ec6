package dev.hone.server.grader;

import dev.hone.ladder.metric.Metric;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// How a sample is graded.
public sealed interface Grader {
  String name();

  /// As requests have it.
  String type();

  /// Whether a text passes beside another one: 1 or 0.
  record StringCheck(String name, Template input, Template reference, Operation operation)
      implements Grader {
    @Override
    public String type() {
      return "string_check";
    }
  }

  /// What a text must be beside its reference.
  enum Operation {
    EQ,
    NE,
    LIKE,
    ILIKE;

    boolean holds(String input, String reference) {
      return switch (this) {
        case EQ -> input.equals(reference);
        case NE -> !input.equals(reference);
        case LIKE -> input.contains(reference);
        case ILIKE -> input.toLowerCase(Locale.ROOT).contains(reference.toLowerCase(Locale.ROOT));
      };
    }
  }

  /// How near a text comes to another one: 0 to 1.
  record TextSimilarity(String name, Template input, Template reference, Metric metric)
      implements Grader {
    @Override
    public String type() {
      return "text_similarity";
    }
  }

  /// What a model says of a sample, held to one of a few results.
  ///
  /// @param type `score_model`, whose result is the reward, or `label_model`
  /// @param modelPath where the model stands in the request
  /// @param sampling fields of a chat request
  /// @param results numbers, or labels
  /// @param passing labels whose reward is 1
  record Judge(
      String name,
      String type,
      String model,
      String modelPath,
      List<Said> input,
      ObjectNode sampling,
      List<JsonNode> results,
      Set<String> passing)
      implements Grader {
    double reward(JsonNode result) {
      return result.isNumber() ? result.asDouble() : passing.contains(result.asString()) ? 1 : 0;
    }
  }

  /// A message to a model.
  record Said(String role, Template content) {}

  /// Several ones, by the names that the formula has for them.
  record Multi(String name, Map<String, Grader> graders, Formula formula) implements Grader {
    @Override
    public String type() {
      return "multi";
    }
  }
}
