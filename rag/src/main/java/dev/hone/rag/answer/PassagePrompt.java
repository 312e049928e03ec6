package dev.hone.rag.answer;

import dev.hone.model.text.Conversation;
import dev.hone.model.text.Message;
import dev.hone.rag.retrieve.Retrieved;
import java.util.List;
import java.util.Set;

/// The prompt: an instruction, then [PassageLines].
public final class PassagePrompt {
  public static final String REFUSAL = "The passage does not say.";

  private static final String SYSTEM =
      "Answer from the passage. If it does not have the answer, say: " + REFUSAL;

  private final PassageLines lines;

  /// @param controlTokens texts that the model's tokenizer would read as control tokens
  public PassagePrompt(Set<String> controlTokens) {
    this.lines = new PassageLines(controlTokens);
  }

  Conversation of(String question, List<Retrieved> passages) {
    return ofTexts(question, passages.stream().map(f -> f.passage().passage().text()).toList());
  }

  public Conversation ofTexts(String question, List<String> texts) {
    return new Conversation(
        List.of(Message.system(SYSTEM), Message.user(lines.before(question, texts))));
  }
}
