package dev.hone.rag.answer;

import dev.hone.model.text.Conversation;
import dev.hone.model.text.Message;
import dev.hone.rag.retrieve.Retrieved;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// The prompt: an instruction, the passages, the question.
///
/// The fence is the line. A passage is one line that begins with its number in brackets; its own
/// line ends become spaces, its own bracketed numbers become round, and what a tokenizer would take
/// for the end of a turn is parted. So a document can say what it likes and still not begin a
/// passage, a question or a turn.
final class PassagePrompt {
  static final String REFUSAL = "The passage does not say.";

  private static final String SYSTEM =
      "Answer from the passage. If it does not have the answer, say: " + REFUSAL;

  private static final Pattern NUMBER = Pattern.compile("\\[(\\d+(?:\\s*[,;]\\s*\\d+)*)]");
  private static final Pattern WHITE_SPACE = Pattern.compile("\\s+");
  private static final Pattern BARRED = Pattern.compile("<(?=\\|)|(?<=\\|)>");

  private final Set<String> controlTokens;

  PassagePrompt(Set<String> controlTokens) {
    this.controlTokens = controlTokens;
  }

  Conversation of(String question, List<Retrieved> passages) {
    var text = new StringBuilder("Passage: ");
    for (int i = 0; i < passages.size(); i++) {
      var line = line(passages.get(i).passage().passage().text());
      text.append(i == 0 ? "" : "\n").append("[%d] ".formatted(i + 1)).append(line);
    }
    text.append("\n\nQuestion: ").append(line(question));
    return new Conversation(List.of(Message.system(SYSTEM), Message.user(text.toString())));
  }

  /// The text as one line that is nothing but text.
  String line(String text) {
    var line = WHITE_SPACE.matcher(text).replaceAll(" ");
    line = NUMBER.matcher(line).replaceAll("($1)");
    line = BARRED.matcher(line).replaceAll(found -> found.group().equals("<") ? "< " : " >");
    for (var token : controlTokens) {
      line = line.replace(token, parted(token));
    }
    return line;
  }

  private static String parted(String token) {
    return token.length() < 2 ? " " : token.charAt(0) + " " + token.substring(1);
  }
}
