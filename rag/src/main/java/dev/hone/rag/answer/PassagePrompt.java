package dev.hone.rag.answer;

import dev.hone.model.text.Conversation;
import dev.hone.model.text.Message;
import dev.hone.rag.retrieve.Retrieved;
import java.util.List;
import java.util.Set;

/// The prompt: an instruction, then [PassageLines].
final class PassagePrompt {
  static final String REFUSAL = "The passage does not say.";

  private static final String SYSTEM =
      "Answer from the passage. If it does not have the answer, say: " + REFUSAL;

  private final PassageLines lines;

  PassagePrompt(Set<String> controlTokens) {
    this.lines = new PassageLines(controlTokens);
  }

  Conversation of(String question, List<Retrieved> passages) {
    var texts = passages.stream().map(found -> found.passage().passage().text()).toList();
    return new Conversation(
        List.of(Message.system(SYSTEM), Message.user(lines.before(question, texts))));
  }
}
