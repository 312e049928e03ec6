package dev.hone.rag.answer;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Passages and a question as the text of one prompt.
///
/// The fence is the line. A passage is one line that begins with its number in brackets; its own
/// line ends become spaces, its own bracketed numbers become round, and what a tokenizer would take
/// for the end of a turn is parted. So a document can say what it likes and still not begin a
/// passage, a question or a turn.
public final class PassageLines {
  private static final Pattern NUMBER = Pattern.compile("\\[(\\d+(?:\\s*[,;]\\s*\\d+)*)]");
  private static final Pattern WHITE_SPACE = Pattern.compile("\\s+");
  private static final Pattern BARRED = Pattern.compile("<(?=\\|)|(?<=\\|)>");

  private final Set<String> controlTokens;

  /// @param controlTokens texts that the model's tokenizer would read as control tokens
  public PassageLines(Set<String> controlTokens) {
    this.controlTokens = Set.copyOf(controlTokens);
  }

  /// The passages, numbered from 1, and the question behind them.
  public String before(String question, List<String> passages) {
    var text = new StringBuilder("Passage: ");
    for (int i = 0; i < passages.size(); i++) {
      text.append(i == 0 ? "" : "\n")
          .append("[%d] ".formatted(i + 1))
          .append(line(passages.get(i)));
    }
    return text.append("\n\nQuestion: ").append(line(question)).toString();
  }

  /// The text as one line that is nothing but text.
  private String line(String text) {
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
