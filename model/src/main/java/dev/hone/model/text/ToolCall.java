package dev.hone.model.text;

import java.util.Map;

/// A call of a tool by the assistant.
///
/// @param id the call's id; empty when the row has none
/// @param name the function's name
/// @param arguments the arguments as an object: OpenAI rows carry a JSON string, which the reader
///   parses at the border
public record ToolCall(String id, String name, Map<String, Object> arguments) {
  public ToolCall {
    arguments = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(arguments));
  }
}
