package dev.hone.model.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Parts the text of an answer from the tool calls in it, as it comes: text goes on at once, what
/// may become a call is held back until it is one, or is not.
public final class CallReader {
  private static final String TAG = "<tool_call>";

  private final Set<String> tools;
  private final StringBuilder held = new StringBuilder();
  private boolean hasText;

  /// @param tools names on offer; where empty, everything is text
  public CallReader(Set<String> tools) {
    this.tools = Set.copyOf(tools);
  }

  /// Takes the next piece.
  ///
  /// @return what is text for certain
  public String add(String piece) {
    if (tools.isEmpty()) {
      return piece;
    }
    held.append(piece);
    int from = start();
    if (from == 0) {
      return "";
    }
    var text = held.substring(0, from);
    hasText |= !text.isBlank();
    held.delete(0, from);
    return text;
  }

  /// Where what may be a call begins; the end where nothing may.
  private int start() {
    int tag = held.indexOf(TAG);
    if (tag >= 0) {
      return tag;
    }
    var stripped = held.toString().stripLeading();
    if (!hasText && (stripped.isEmpty() || stripped.startsWith("{") || stripped.startsWith("["))) {
      return 0;
    }
    for (int length = Math.min(TAG.length() - 1, held.length()); length > 0; length--) {
      if (TAG.startsWith(held.substring(held.length() - length))) {
        return held.length() - length;
      }
    }
    return held.length();
  }

  /// The calls that were held back; empty where that was text after all.
  public List<JsonNode> calls() {
    var calls = new ArrayList<JsonNode>();
    for (var call : CallText.calls(held.toString())) {
      if (!tools.contains(call.path("name").asString("")) || !call.path("arguments").isObject()) {
        return List.of();
      }
      calls.add(call);
    }
    return calls;
  }

  /// What was held back and is no call.
  public String rest() {
    return calls().isEmpty() ? held.toString() : "";
  }
}
