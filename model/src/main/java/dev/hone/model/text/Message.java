package dev.hone.model.text;

import java.util.List;

/// One message of a conversation, in OpenAI's chat shape.
///
/// @param role `system`, `developer`, `user`, `assistant` or `tool`
/// @param content the text; empty where an assistant only calls tools
/// @param toolCalls calls that the assistant makes; empty otherwise
/// @param toolCallId which call a `tool` message answers; empty otherwise
/// @param name optional name of the speaker or tool; empty when absent
/// @param trained whether this message is learned from; only ever true of an assistant's
public record Message(
    String role,
    String content,
    List<ToolCall> toolCalls,
    String toolCallId,
    String name,
    boolean trained) {
  public Message {
    toolCalls = List.copyOf(toolCalls);
    if (trained && !role.equals("assistant")) {
      throw new IllegalArgumentException("only assistant messages are trained, got role " + role);
    }
  }

  public static Message system(String content) {
    return new Message("system", content, List.of(), "", "", false);
  }

  public static Message user(String content) {
    return new Message("user", content, List.of(), "", "", false);
  }

  public static Message assistant(String content) {
    return new Message("assistant", content, List.of(), "", "", true);
  }
}
