package dev.hone.server.job;

import dev.hone.server.api.ApiException;
import dev.hone.server.api.Hyperparameters;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// How a job shall train: `method`, or the older `hyperparameters` beside it.
final class MethodRequest {
  private static final String HYPERPARAMETERS = "hyperparameters";
  private static final int MOST_EPOCHS = 50;
  private static final int LARGEST_BATCH = 256;
  private static final double LARGEST_MULTIPLIER = 1000;

  private MethodRequest() {}

  static Hyperparameters hyperparameters(JsonNode body) {
    if (!body.hasNonNull("method")) {
      return read(body, "");
    }
    if (body.hasNonNull(HYPERPARAMETERS)) {
      throw ApiException.invalid(
          HYPERPARAMETERS, "give hyperparameters in method alone: beside it they are deprecated");
    }
    var method = body.get("method");
    var fields = new RequestFields(method, "method.");
    var type = fields.required("type");
    return switch (type) {
      case "supervised" -> supervised(method, fields);
      case "dpo", "reinforcement" ->
          throw ApiException.invalid(
              "method.type",
              "unsupported_method",
              "The method '%s' is not supported by this server; use 'supervised'.".formatted(type));
      default ->
          throw ApiException.invalid(
              "method.type",
              "invalid_value",
              "Invalid value for 'method.type': '%s'. Supported values are: 'supervised'."
                  .formatted(type));
    };
  }

  private static Hyperparameters supervised(JsonNode method, RequestFields fields) {
    fields.refuseOthers(Set.of("type", "supervised"));
    if (!method.hasNonNull("supervised")) {
      return Hyperparameters.AUTO;
    }
    var supervised = object(method, "supervised", "method.supervised");
    new RequestFields(supervised, "method.supervised.").refuseOthers(Set.of(HYPERPARAMETERS));
    return read(supervised, "method.supervised.");
  }

  private static Hyperparameters read(JsonNode holder, String path) {
    if (!holder.hasNonNull(HYPERPARAMETERS)) {
      return Hyperparameters.AUTO;
    }
    var at = path + HYPERPARAMETERS;
    var fields = new RequestFields(object(holder, HYPERPARAMETERS, at), at + ".");
    fields.refuseOthers(Set.of("n_epochs", "batch_size", "learning_rate_multiplier"));
    return new Hyperparameters(
        fields.wholeOrAuto("n_epochs", MOST_EPOCHS),
        fields.wholeOrAuto("batch_size", LARGEST_BATCH),
        fields.positiveOrAuto("learning_rate_multiplier", LARGEST_MULTIPLIER));
  }

  private static JsonNode object(JsonNode holder, String key, String at) {
    var value = holder.get(key);
    if (!value.isObject()) {
      throw ApiException.invalid(at, "invalid_value", "'%s' must be an object.".formatted(at));
    }
    return value;
  }
}
