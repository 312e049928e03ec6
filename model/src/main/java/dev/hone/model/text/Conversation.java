package dev.hone.model.text;

import java.util.List;
import java.util.Map;

/// What is rendered: messages, and the tools on offer.
///
/// @param messages in order
/// @param tools each a plain JSON object as given (`{"type":"function","function":{…}}` or the bare
///   function)
public record Conversation(List<Message> messages, List<Map<String, Object>> tools) {
  public Conversation {
    messages = List.copyOf(messages);
    tools = List.copyOf(tools);
  }

  public Conversation(List<Message> messages) {
    this(messages, List.of());
  }

  /// A prompt and its answer, as a user's message and the assistant's.
  public static Conversation ofPrompt(String prompt, String completion) {
    return new Conversation(List.of(Message.user(prompt), Message.assistant(completion)));
  }
}
