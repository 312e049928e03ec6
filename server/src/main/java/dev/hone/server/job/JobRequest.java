package dev.hone.server.job;

import dev.hone.server.api.ApiException;
import dev.hone.server.api.Hyperparameters;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// What a caller asks of a fine-tuning job, checked as far as it can be without files.
///
/// @param model the base's name
/// @param suffix of the new model's name
/// @param seed empty for one that is drawn
public record JobRequest(
    String model,
    String trainingFile,
    Optional<String> validationFile,
    Optional<String> suffix,
    OptionalLong seed,
    Hyperparameters hyperparameters,
    Map<String, String> metadata) {
  private static final int LONGEST_SUFFIX = 64;
  private static final int MOST_PAIRS = 16;
  private static final int LONGEST_NAME = 64;
  private static final int LONGEST_VALUE = 512;
  private static final Set<String> KEYS =
      Set.of(
          "model",
          "training_file",
          "validation_file",
          "suffix",
          "seed",
          "method",
          "hyperparameters",
          "metadata",
          "integrations");

  public JobRequest {
    metadata = Map.copyOf(metadata);
  }

  /// Reads the body of a request.
  ///
  /// @throws ApiException where it asks for what cannot be, or isn't there yet
  public static JobRequest parse(JsonNode body) {
    if (!body.isObject()) {
      throw ApiException.invalid("body", "the request's body must be a JSON object");
    }
    var fields = new RequestFields(body, "");
    fields.refuseOthers(KEYS);
    refuseIntegrations(body);
    return new JobRequest(
        fields.required("model"),
        fields.required("training_file"),
        fields.text("validation_file"),
        fields.text("suffix").map(JobRequest::suffix),
        fields.whole("seed", 0, Integer.MAX_VALUE),
        MethodRequest.hyperparameters(body),
        metadata(body));
  }

  /// Nothing is sent anywhere, and a field that is accepted and ignored would be a lie.
  private static void refuseIntegrations(JsonNode body) {
    var integrations = body.path("integrations");
    if (!integrations.isMissingNode() && !integrations.isNull() && !integrations.isEmpty()) {
      throw ApiException.invalid(
          "integrations", "integrations are not supported: metrics are in the job's events");
    }
  }

  /// It becomes a part of a name whose parts are separated by colons.
  private static String suffix(String text) {
    boolean isPlain = text.chars().allMatch(c -> c > ' ' && c < 127 && c != ':' && c != '/');
    if (text.isEmpty() || text.length() > LONGEST_SUFFIX || !isPlain) {
      throw ApiException.invalid(
          "suffix",
          "suffix must have 1 to 64 printable ASCII characters without spaces, ':' and '/'");
    }
    return text;
  }

  private static Map<String, String> metadata(JsonNode body) {
    var json = body.path("metadata");
    if (json.isMissingNode() || json.isNull()) {
      return Map.of();
    }
    if (!json.isObject() || json.size() > MOST_PAIRS) {
      throw ApiException.invalid("metadata", "metadata must be an object of at most 16 pairs");
    }
    var pairs = new LinkedHashMap<String, String>();
    json.forEachEntry((name, value) -> pairs.put(name, pairValue(name, value)));
    return pairs;
  }

  private static String pairValue(String name, JsonNode value) {
    if (name.length() > LONGEST_NAME) {
      throw ApiException.invalid("metadata", "a key of metadata has more than 64 characters");
    }
    if (!value.isString() || value.stringValue().length() > LONGEST_VALUE) {
      throw ApiException.invalid(
          "metadata." + name, "a value of metadata must be a string of at most 512 characters");
    }
    return value.stringValue();
  }
}
