package dev.hone.agent;

import dev.hone.ladder.metric.ToolCalls;
import dev.hone.model.chat.CallText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The tools of one turn: a call that is a recorded one, by its tree, gets the recorded result, and
/// any other a text that says why there is none. Which values were recorded, it never says.
final class RecordedTools {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final List<Map<String, Object>> tools;
  private final List<Recorded> open = new ArrayList<>();
  private final List<Recorded> done = new ArrayList<>();

  private record Recorded(ObjectNode call, String result) {
    String name() {
      return call.path("name").asString();
    }
  }

  RecordedTools(Turn turn) {
    tools = turn.asked().tools();
    for (var recorded : turn.calls()) {
      var call = JSON.createObjectNode().put("name", recorded.call().name());
      call.set("arguments", JSON.valueToTree(recorded.call().arguments()));
      open.add(new Recorded(call, recorded.result()));
    }
  }

  /// Whether a call is recorded that has not been made.
  boolean isCallMissing() {
    return !open.isEmpty();
  }

  /// @param arguments JSON, as the model wrote it
  MadeCall call(String name, String arguments) {
    JsonNode parsed;
    try {
      parsed = arguments.isBlank() ? JSON.createObjectNode() : JSON.readTree(arguments);
    } catch (JacksonException e) {
      return refused(name, arguments, Outcome.UNREADABLE, "the arguments are no JSON");
    }
    if (!parsed.isObject()) {
      return refused(name, arguments, Outcome.UNREADABLE, "the arguments are no JSON object");
    }
    var call = JSON.createObjectNode().put("name", name);
    call.set("arguments", parsed);
    var match = match(open, call);
    if (match.isPresent()) {
      open.remove(match.get());
      done.add(match.get());
      return new MadeCall(name, arguments, Outcome.RIGHT, match.get().result());
    }
    return match(done, call)
        .map(same -> new MadeCall(name, arguments, Outcome.REPEATED, same.result()))
        .orElseGet(() -> unmatched(name, arguments, call));
  }

  private Optional<Recorded> match(List<Recorded> recorded, JsonNode call) {
    return recorded.stream().filter(one -> objection(one, call).isEmpty()).findFirst();
  }

  private Optional<String> objection(Recorded recorded, JsonNode call) {
    return ToolCalls.objection(tools, recorded.call(), call);
  }

  private MadeCall unmatched(String name, String arguments, JsonNode call) {
    var names = tools.stream().map(CallText::name).toList();
    if (!names.contains(name)) {
      return refused(
          name,
          arguments,
          Outcome.UNKNOWN_TOOL,
          "there is no such tool; there are " + String.join(", ", names));
    }
    var meant = open.stream().filter(one -> one.name().equals(name)).findFirst();
    if (meant.isEmpty()) {
      return refused(name, arguments, Outcome.WRONG_TOOL, "nothing is known for this call");
    }
    var wanted = meant.get().call().path("arguments");
    boolean isInvented =
        call.path("arguments").propertyNames().stream().anyMatch(key -> !wanted.has(key));
    return refused(
        name,
        arguments,
        isInvented ? Outcome.INVENTED_ARGUMENT : Outcome.WRONG_ARGUMENTS,
        "nothing is known for these arguments: " + objection(meant.get(), call).orElseThrow());
  }

  private static MadeCall refused(String name, String arguments, Outcome outcome, String why) {
    return new MadeCall(name, arguments, outcome, "Error: %s: %s".formatted(name, why));
  }
}
