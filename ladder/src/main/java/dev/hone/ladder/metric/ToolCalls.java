package dev.hone.ladder.metric;

import dev.hone.model.chat.CallText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Whether an answer calls the right tools with the right arguments, as [ToolCallMatch] compares
/// them; several calls in any order.
public final class ToolCalls implements Metric {
  private static final JsonMapper JSON = JsonMapper.shared();

  @Override
  public String name() {
    return "tool-calls";
  }

  @Override
  public boolean isPassFail() {
    return true;
  }

  @Override
  public double score(Reference reference, String answer) {
    return objection(reference, answer).isEmpty() ? 1 : 0;
  }

  @Override
  public Optional<String> objection(Reference reference, String answer) {
    var wanted = new ArrayList<>(CallText.calls(reference.answers().getFirst()));
    var given = CallText.calls(answer);
    if (given.size() != wanted.size()) {
      return Optional.of("makes %d calls, not %d".formatted(given.size(), wanted.size()));
    }
    for (var call : given) {
      Optional<String> objection = Optional.empty();
      boolean isWanted = false;
      for (int i = 0; i < wanted.size() && !isWanted; i++) {
        var found = objection(reference.tools(), wanted.get(i), call);
        objection = objection.or(() -> found);
        if (found.isEmpty()) {
          wanted.remove(i);
          isWanted = true;
        }
      }
      if (!isWanted) {
        return objection;
      }
    }
    return Optional.empty();
  }

  /// What is wrong with a call where another is wanted; empty where nothing is.
  ///
  /// @param tools on offer
  public static Optional<String> objection(
      List<Map<String, Object>> tools, JsonNode wanted, JsonNode call) {
    var name = wanted.path("name").asString("");
    var accepted = JSON.createObjectNode();
    accepted.set(name, accepted(wanted.path("arguments")));
    return ToolCallMatch.objection(schema(tools, name), accepted, call);
  }

  /// The function of that name; one that takes nothing where the row has none.
  private static JsonNode schema(List<Map<String, Object>> tools, String name) {
    for (var tool : tools) {
      var function = CallText.function(tool);
      if (function.path("name").asString("").equals(name)) {
        return function;
      }
    }
    return JSON.createObjectNode().put("name", name);
  }

  /// Each value as the only accepted one.
  private static ObjectNode accepted(JsonNode arguments) {
    var accepted = JSON.createObjectNode();
    for (var argument : arguments.properties()) {
      accepted.putArray(argument.getKey()).add(nested(argument.getValue()));
    }
    return accepted;
  }

  private static JsonNode nested(JsonNode value) {
    if (value.isArray()) {
      var array = JSON.createArrayNode();
      value.forEach(one -> array.add(nested(one)));
      return array;
    }
    return value.isObject() ? accepted(value) : value;
  }
}
