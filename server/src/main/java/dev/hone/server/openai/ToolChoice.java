package dev.hone.server.openai;

import dev.hone.model.chat.CallText;
import dev.hone.server.api.ApiException;
import java.util.List;
import java.util.Map;

/// Whether tools are called.
public sealed interface ToolChoice {
  /// No tool is on offer.
  record None() implements ToolChoice {}

  /// The model decides.
  record Auto() implements ToolChoice {}

  /// One of these is called.
  ///
  /// @param tools names of functions
  record Required(List<String> tools) implements ToolChoice {
    public Required {
      tools = List.copyOf(tools);
    }
  }

  /// @param tools on offer, `{"type": "function", "function": {…}}`
  static ToolChoice read(Fields request, List<Map<String, Object>> tools) {
    var value = request.take("tool_choice");
    if (value.isEmpty()) {
      return tools.isEmpty() ? new None() : new Auto();
    }
    var names = tools.stream().map(CallText::name).toList();
    if (value.get().isString()) {
      return switch (value.get().asString()) {
        case "none" -> new None();
        case "auto" -> new Auto();
        case "required" -> new Required(known(names, names));
        default -> throw unknown(value.get().asString());
      };
    }
    var choice = Fields.of(value.get(), "tool_choice");
    if (!choice.requireText("type").equals("function")) {
      throw unknown(value.get().toString());
    }
    choice.require("function");
    var function = choice.object("function").orElseThrow();
    var name = function.requireText("name");
    function.end();
    choice.end();
    return new Required(known(List.of(name), names));
  }

  private static List<String> known(List<String> wanted, List<String> names) {
    if (names.isEmpty() || !names.containsAll(wanted)) {
      throw ApiException.invalid(
          "tool_choice", "Invalid value for 'tool_choice': there is no such tool in 'tools'.");
    }
    return wanted;
  }

  private static ApiException unknown(String value) {
    return ApiException.invalid(
        "tool_choice",
        "invalid_value",
        "Invalid value: %s. Supported values are: 'none', 'auto', 'required' and a function."
            .formatted(value));
  }
}
