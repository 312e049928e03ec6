package dev.hone.server.openai;

import dev.hone.server.api.ApiException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// The fields of a JSON object in a request. Each is taken by whoever honours it; [#end] refuses
/// those that nobody has taken, so that none is silently ignored. A null counts as absent.
public final class Fields {
  private final JsonNode node;
  private final String path;
  private final Set<String> taken = new HashSet<>();

  private Fields(JsonNode node, String path) {
    this.node = node;
    this.path = path;
  }

  /// The body of a request.
  public static Fields of(JsonNode body) {
    return of(body, "");
  }

  /// @param path of the object in the request, for errors; empty for the request itself
  /// @throws ApiException when it is no object
  public static Fields of(JsonNode node, String path) {
    if (!node.isObject()) {
      throw path.isEmpty()
          ? new ApiException(
              400,
              "The body of the request must be a JSON object",
              "invalid_request_error",
              Optional.empty(),
              Optional.empty())
          : wrongType(path, "an object", node);
    }
    return new Fields(node, path);
  }

  public String path(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  public Optional<JsonNode> take(String name) {
    taken.add(name);
    var value = node.path(name);
    return value.isMissingNode() || value.isNull() ? Optional.empty() : Optional.of(value);
  }

  public JsonNode require(String name) {
    return take(name)
        .orElseThrow(() ->
            ApiException.invalid(
                path(name),
                "missing_required_parameter",
                "Missing required parameter: '%s'.".formatted(path(name))));
  }

  public Optional<Fields> object(String name) {
    return take(name).map(value -> of(value, path(name)));
  }

  public Optional<String> text(String name) {
    return take(name)
        .map(value -> {
          if (!value.isString()) {
            throw wrongType(path(name), "a string", value);
          }
          return value.asString();
        });
  }

  public String requireText(String name) {
    require(name);
    return text(name).orElseThrow();
  }

  /// A string that must be one of a few.
  public String requireOneOf(String name, List<String> values) {
    var value = requireText(name);
    if (!values.contains(value)) {
      throw ApiException.invalid(
          path(name),
          "invalid_value",
          "Invalid value: '%s'. Supported values are: '%s' and '%s'."
              .formatted(
                  shortened(value),
                  String.join("', '", values.subList(0, values.size() - 1)),
                  values.getLast()));
    }
    return value;
  }

  /// An array of strings.
  public List<String> requireTexts(String name) {
    var list = require(name);
    if (!list.isArray()) {
      throw wrongType(path(name), "an array", list);
    }
    var texts = new ArrayList<String>();
    for (var text : list) {
      if (!text.isString()) {
        throw wrongType("%s[%d]".formatted(path(name), texts.size()), "a string", text);
      }
      texts.add(text.asString());
    }
    return texts;
  }

  boolean flag(String name, boolean usual) {
    return take(name)
        .map(value -> {
          if (!value.isBoolean()) {
            throw wrongType(path(name), "a boolean", value);
          }
          return value.asBoolean();
        })
        .orElse(usual);
  }

  public OptionalDouble number(String name, double least, double most) {
    var value = take(name);
    if (value.isEmpty()) {
      return OptionalDouble.empty();
    }
    if (!value.get().isNumber()) {
      throw wrongType(path(name), "a number", value.get());
    }
    return OptionalDouble.of(within(name, value.get().asDouble(), least, most));
  }

  public OptionalInt integer(String name, int least, int most) {
    var value = wholeNumber(name, least, most);
    return value.isPresent() ? OptionalInt.of((int) value.getAsLong()) : OptionalInt.empty();
  }

  public OptionalLong wholeNumber(String name, long least, long most) {
    var value = take(name);
    if (value.isEmpty()) {
      return OptionalLong.empty();
    }
    if (!value.get().isIntegralNumber()) {
      throw wrongType(path(name), "an integer", value.get());
    }
    if (!value.get().canConvertToLong()) {
      throw outside(name, value.get().asString(), least, most);
    }
    within(name, value.get().asLong(), least, most);
    return OptionalLong.of(value.get().asLong());
  }

  private double within(String name, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw outside(name, String.valueOf(value), least, most);
    }
    return value;
  }

  private ApiException outside(String name, String value, double least, double most) {
    return ApiException.invalid(
        path(name),
        "invalid_value",
        "Invalid '%s': must be between %s and %s, got %s"
            .formatted(path(name), plain(least), plain(most), value));
  }

  private static String plain(double bound) {
    return bound == Math.rint(bound) && Math.abs(bound) < 1e18
        ? String.valueOf((long) bound)
        : String.valueOf(bound);
  }

  /// Takes a field that may only say what is done anyway.
  ///
  /// @param meaningless values, as JSON, that change nothing
  public void onlyIf(String name, String... meaningless) {
    var value = take(name);
    if (value.isPresent() && !Set.of(meaningless).contains(value.get().toString())) {
      throw ApiException.invalid(
          path(name),
          "unsupported_parameter",
          "Unsupported parameter: '%s' = %s is not supported with this model."
              .formatted(path(name), shortened(value.get().toString())));
    }
  }

  /// @throws ApiException naming a field that nobody has taken
  public void end() {
    for (var name : node.propertyNames()) {
      if (!taken.contains(name)) {
        throw ApiException.invalid(
            path(name),
            "unknown_parameter",
            "Unknown parameter: '%s'.".formatted(shortened(path(name))));
      }
    }
  }

  public static ApiException wrongType(String path, String wanted, JsonNode got) {
    return ApiException.invalid(
        path,
        "invalid_type",
        "Invalid type for '%s': expected %s, but got %s instead."
            .formatted(path, wanted, kind(got)));
  }

  private static String kind(JsonNode node) {
    return switch (node.getNodeType()) {
      case OBJECT, POJO -> "an object";
      case ARRAY -> "an array";
      case NUMBER -> node.isIntegralNumber() ? "an integer" : "a decimal";
      case BOOLEAN -> "a boolean";
      case NULL, MISSING -> "null";
      case STRING, BINARY -> "a string";
    };
  }

  private static String shortened(String text) {
    return text.length() <= 100 ? text : text.substring(0, 100) + "…";
  }
}
