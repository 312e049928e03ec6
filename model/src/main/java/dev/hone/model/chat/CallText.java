package dev.hone.model.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Tool calls as models write them, `{"name": …, "arguments": …}`, and the tools that they name.
public final class CallText {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Pattern TAGGED =
      Pattern.compile("<tool_call>(.*?)</tool_call>", Pattern.DOTALL);

  private CallText() {}

  /// The calls of a text: one as a JSON object, several as a list, or each between `<tool_call>`
  /// tags. None where it is no such text.
  public static List<JsonNode> calls(String text) {
    var calls = new ArrayList<JsonNode>();
    var tagged = TAGGED.matcher(text);
    while (tagged.find()) {
      json(tagged.group(1)).ifPresent(calls::add);
    }
    if (calls.isEmpty()) {
      json(text)
          .ifPresent(node -> {
            if (node.isArray()) {
              node.forEach(calls::add);
            } else {
              calls.add(node);
            }
          });
    }
    return calls.stream().allMatch(call -> call.path("name").isString()) ? calls : List.of();
  }

  private static Optional<JsonNode> json(String text) {
    try {
      var node = JSON.readTree(text.strip());
      return node != null && node.isContainer() ? Optional.of(node) : Optional.empty();
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  /// The function of a tool, whether it stands there bare or inside `function`.
  public static JsonNode function(Map<String, Object> tool) {
    var node = JSON.<JsonNode>valueToTree(tool);
    return node.has("function") ? node.path("function") : node;
  }

  /// The name of a tool's function.
  public static String name(Map<String, Object> tool) {
    return function(tool).path("name").asString("");
  }

  /// The schema of a call of one of these tools.
  public static JsonNode schema(List<Map<String, Object>> tools) {
    var schema = JSON.createObjectNode();
    var any = schema.putArray("anyOf");
    for (var tool : tools) {
      var function = function(tool);
      var call = any.addObject().put("type", "object");
      var properties = call.putObject("properties");
      properties.putObject("name").set("const", function.path("name"));
      properties.set(
          "arguments",
          function.has("parameters")
              ? function.path("parameters")
              : JSON.createObjectNode().put("type", "object"));
      call.putArray("required").add("name").add("arguments");
      call.put("additionalProperties", false);
    }
    return schema;
  }
}
