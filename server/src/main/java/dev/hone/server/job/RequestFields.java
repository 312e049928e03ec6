package dev.hone.server.job;

import dev.hone.server.api.ApiException;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// The fields of an object in a request; null is as good as absent.
///
/// @param path where the object stands, ending with a dot; empty for the request itself
record RequestFields(JsonNode object, String path) {
  private static final String AUTO = "auto";

  void refuseOthers(Set<String> known) {
    for (var name : object.propertyNames()) {
      if (!known.contains(name)) {
        throw ApiException.invalid(
            path + name, "unknown_parameter", "Unknown parameter: '%s%s'.".formatted(path, name));
      }
    }
  }

  String required(String key) {
    return text(key)
        .orElseThrow(() ->
            ApiException.invalid(
                path + key,
                "missing_required_parameter",
                "Missing required parameter: '%s%s'.".formatted(path, key)));
  }

  Optional<String> text(String key) {
    if (!object.hasNonNull(key)) {
      return Optional.empty();
    }
    var value = object.get(key);
    if (!value.isString()) {
      throw wrong(key, "must be a string");
    }
    return Optional.of(value.stringValue());
  }

  OptionalLong whole(String key, long least, long most) {
    if (!object.hasNonNull(key)) {
      return OptionalLong.empty();
    }
    var value = object.get(key);
    if (!value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.longValue() < least
        || value.longValue() > most) {
      throw wrong(key, "must be an integer between %d and %d".formatted(least, most));
    }
    return OptionalLong.of(value.longValue());
  }

  OptionalInt wholeOrAuto(String key, int most) {
    if (isAuto(key)) {
      return OptionalInt.empty();
    }
    var value = whole(key, 1, most);
    return value.isPresent() ? OptionalInt.of((int) value.getAsLong()) : OptionalInt.empty();
  }

  /// A number greater than 0.
  OptionalDouble positiveOrAuto(String key, double most) {
    if (isAuto(key) || !object.hasNonNull(key)) {
      return OptionalDouble.empty();
    }
    var value = object.get(key);
    if (!value.isNumber() || !(value.doubleValue() > 0 && value.doubleValue() <= most)) {
      throw wrong(key, "must be a number greater than 0, and at most %.0f".formatted(most));
    }
    return OptionalDouble.of(value.doubleValue());
  }

  private boolean isAuto(String key) {
    return object.path(key).isString() && object.get(key).stringValue().equals(AUTO);
  }

  private ApiException wrong(String key, String rule) {
    return ApiException.invalid(
        path + key,
        "invalid_value",
        "Invalid value for '%s%s': %s, got %s.".formatted(path, key, rule, object.get(key)));
  }
}
