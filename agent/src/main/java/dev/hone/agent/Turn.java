package dev.hone.agent;

import dev.hone.model.text.Conversation;
import dev.hone.model.text.Message;
import java.util.ArrayList;
import java.util.List;

/// What a user asked in a recorded conversation, and what was done about it.
///
/// @param asked all messages up to the user's, as recorded, and the tools on offer
/// @param calls that were made before the answer, in their order
/// @param steps messages of the assistant, its answer included
public record Turn(Conversation asked, List<RecordedCall> calls, int steps) {
  public Turn {
    calls = List.copyOf(calls);
  }

  /// The same with another system message.
  Turn withSystem(String text) {
    var messages = new ArrayList<Message>();
    messages.add(Message.system(text));
    asked.messages().stream()
        .filter(message -> !message.role().equals("system") && !message.role().equals("developer"))
        .forEach(messages::add);
    return new Turn(new Conversation(messages, asked.tools()), calls, steps);
  }
}
