package dev.hone.server.grader;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What a grader made of a sample.
///
/// @param reward 0 where there are errors
/// @param detail of what went wrong with a model
/// @param subRewards of the graders of a `multi`, by name
/// @param usage tokens, by model
public record Graded(
    double reward,
    Set<GradingError> errors,
    Optional<String> detail,
    Map<String, Double> subRewards,
    Map<String, Usage> usage) {
  private static final List<String> FLAGS =
      List.of(
          "formula_parse_error",
          "sample_parse_error",
          "truncated_observation_error",
          "unresponsive_reward_error",
          "invalid_variable_error",
          "other_error",
          "python_grader_server_error",
          "python_grader_runtime_error",
          "model_grader_server_error",
          "model_grader_refusal_error",
          "model_grader_parse_error");

  /// Tokens that a model has read and written.
  public record Usage(long prompt, long cached, long written) {
    Usage plus(Usage other) {
      return new Usage(prompt + other.prompt, cached + other.cached, written + other.written);
    }
  }

  static Graded of(double reward) {
    return new Graded(reward, Set.of(), Optional.empty(), Map.of(), Map.of());
  }

  static Graded failed(GradingError error, String message) {
    var detail =
        error == GradingError.MODEL_GRADER_SERVER ? Optional.of(message) : Optional.<String>empty();
    return new Graded(0, Set.of(error), detail, Map.of(), Map.of());
  }

  /// As the API has it.
  public ObjectNode toJson(Grader grader, double seconds) {
    var json = JsonNodeFactory.instance.objectNode().put("reward", reward);
    var metadata = json.putObject("metadata").put("name", grader.name()).put("type", grader.type());
    metadata.set("errors", errorsJson());
    metadata.put("execution_time", seconds);
    var scores = metadata.putObject("scores");
    subRewards.forEach(scores::put);
    if (usage.isEmpty()) {
      metadata.putNull("token_usage");
    } else {
      metadata.put(
          "token_usage",
          usage.values().stream().mapToLong(used -> used.prompt() + used.written()).sum());
    }
    metadata.put("sampled_model_name", grader instanceof Grader.Judge judge ? judge.model() : null);
    json.set("sub_rewards", scores.deepCopy());
    var perModel = json.putObject("model_grader_token_usage_per_model");
    usage.forEach((model, used) ->
        perModel
            .putObject(model)
            .put("prompt_tokens", used.prompt())
            .put("completion_tokens", used.written())
            .put("total_tokens", used.prompt() + used.written())
            .put("cached_tokens", used.cached()));
    return json;
  }

  private ObjectNode errorsJson() {
    var labels = errors.stream().map(GradingError::label).toList();
    var json = JsonNodeFactory.instance.objectNode();
    FLAGS.forEach(flag -> json.put(flag, labels.contains(flag)));
    return json.putNull("python_grader_server_error_type")
        .putNull("python_grader_runtime_error_details")
        .put("model_grader_server_error_details", detail.orElse(null));
  }
}
