package dev.hone.ladder.metric;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Tool calls compared by their syntax tree, as the Berkeley Function Calling Leaderboard does: the
/// name equal, every required parameter there and none that the schema lacks, types equal (an
/// integer may stand for a number), each value among the accepted ones, texts without `[ ,./-_*^]`
/// and case.
///
/// Calls are `{"name": …, "arguments": {…}}`, accepted ones `{name: {parameter: [value, …]}}`,
/// where an empty text among the values says that the parameter may be left out.
public final class ToolCallMatch {
  private ToolCallMatch() {}

  /// What is wrong with a call; empty where nothing is.
  ///
  /// @param schema of the function: `{"name": …, "parameters": {"properties": …, "required": …}}`
  public static Optional<String> objection(JsonNode schema, JsonNode accepted, JsonNode call) {
    var name = schema.path("name").asString("");
    if (!call.path("name").asString("").equals(name)) {
      return Optional.of("calls another function");
    }
    var values = accepted.path(name);
    var properties = schema.path("parameters").path("properties");
    var arguments = call.path("arguments");
    for (var required : schema.path("parameters").path("required")) {
      if (!arguments.has(required.asString())) {
        return Optional.of("lacks " + required.asString());
      }
    }
    for (var argument : arguments.properties()) {
      var problem =
          argument(
              argument.getKey(),
              argument.getValue(),
              properties.path(argument.getKey()),
              values.path(argument.getKey()));
      if (problem.isPresent()) {
        return problem;
      }
    }
    for (var value : values.properties()) {
      if (!arguments.has(value.getKey()) && !mayBeLeftOut(value.getValue())) {
        return Optional.of("lacks " + value.getKey());
      }
    }
    return Optional.empty();
  }

  private static boolean mayBeLeftOut(JsonNode accepted) {
    return accepted.valueStream().anyMatch(one -> one.isString() && one.asString().isEmpty());
  }

  private static Optional<String> argument(
      String name, JsonNode value, JsonNode schema, JsonNode accepted) {
    if (schema.isMissingNode()) {
      return Optional.of(name + " is no parameter");
    }
    boolean isOfAcceptedType = accepted.valueStream().anyMatch(one -> sameKind(one, value));
    if (!isOfType(value, schema.path("type").asString("any")) && !isOfAcceptedType) {
      return Optional.of(name + " is of another type");
    }
    return accepted.valueStream().anyMatch(one -> equal(one, value))
        ? Optional.empty()
        : Optional.of(name + " has another value");
  }

  private static boolean sameKind(JsonNode one, JsonNode other) {
    return one.getNodeType() == other.getNodeType()
        && one.isIntegralNumber() == other.isIntegralNumber();
  }

  private static boolean isOfType(JsonNode value, String type) {
    return switch (type) {
      case "integer" -> value.isIntegralNumber();
      case "number", "float" -> value.isNumber();
      case "boolean" -> value.isBoolean();
      case "string" -> value.isString();
      case "array", "tuple" -> value.isArray();
      case "object", "dict" -> value.isObject();
      default -> true;
    };
  }

  private static boolean equal(JsonNode accepted, JsonNode value) {
    if (accepted.isString() && value.isString()) {
      return plain(accepted.asString()).equals(plain(value.asString()));
    }
    if (accepted.isNumber() && value.isNumber()) {
      return accepted.asDouble() == value.asDouble();
    }
    if (accepted.isArray() && value.isArray()) {
      return accepted.size() == value.size() && allEqual(accepted, value);
    }
    if (accepted.isObject() && value.isObject()) {
      return fieldsEqual(accepted, value);
    }
    return accepted.equals(value);
  }

  private static boolean allEqual(JsonNode accepted, JsonNode value) {
    for (int i = 0; i < value.size(); i++) {
      if (!equal(accepted.get(i), value.get(i))) {
        return false;
      }
    }
    return true;
  }

  /// Inside an object each field has its own list of accepted values.
  private static boolean fieldsEqual(JsonNode accepted, JsonNode value) {
    Set<String> names = new HashSet<>(accepted.propertyNames());
    names.addAll(value.propertyNames());
    for (var name : names) {
      var values = accepted.path(name);
      var choices = values.isArray() ? values.valueStream().toList() : List.of(values);
      boolean isRight =
          value.has(name)
              ? choices.stream().anyMatch(one -> equal(one, value.get(name)))
              : mayBeLeftOut(values);
      if (!isRight) {
        return false;
      }
    }
    return true;
  }

  private static String plain(String text) {
    return text.replaceAll("[ ,./\\-_*^]", "").toLowerCase(Locale.ROOT).replace('\'', '"');
  }
}
