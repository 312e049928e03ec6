package dev.hone.ladder.judge;

import dev.hone.ladder.rung.ChatModel;
import dev.hone.ladder.rung.Decoding;
import dev.hone.ladder.rung.FormRefusedException;
import dev.hone.ladder.rung.Reply;
import dev.hone.model.text.Conversation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// A model that reads what it is shown as a judge should, by the lines that part it, and replies as
/// it is told to.
public final class ScriptedJudge implements ChatModel {
  private static final Pattern SHOWN =
      Pattern.compile(
          "===== question (\\w+)\n(.*)\n===== end of question \\1\n\n"
              + "===== answer A \\1\n(.*)\n===== end of answer A \\1\n\n"
              + "===== answer B \\1\n(.*)\n===== end of answer B \\1\n\n"
              + "Which answer is better\\?",
          Pattern.DOTALL);

  /// Replies to what it is shown.
  @FunctionalInterface
  public interface Verdict {
    String on(String question, String a, String b) throws IOException;
  }

  public final List<Conversation> asked = new ArrayList<>();
  public final List<Decoding> decodings = new ArrayList<>();
  private final Verdict verdict;

  /// The most characters that it has room for.
  public int room = 100_000;

  /// Whether it is behind a server that knows no forms.
  public boolean refusesForms;

  public ScriptedJudge(Verdict verdict) {
    this.verdict = verdict;
  }

  /// Prefers the answer with the greater number in it.
  public static ScriptedJudge ofNumbers() {
    return new ScriptedJudge((question, a, b) -> {
      int order = Integer.compare(number(a), number(b));
      return "{\"better\": \"%s\"}".formatted(order > 0 ? "A" : order < 0 ? "B" : "tie");
    });
  }

  private static int number(String text) {
    return Integer.parseInt(text.replaceAll("\\D", ""));
  }

  @Override
  public Reply reply(Conversation conversation, Decoding how) throws IOException {
    asked.add(conversation);
    decodings.add(how);
    if (refusesForms && how.form().isPresent()) {
      throw new FormRefusedException("400: no response_format here", null);
    }
    var shown = SHOWN.matcher(conversation.messages().getLast().content());
    if (!shown.matches()) {
      throw new AssertionError(conversation.messages().getLast().content());
    }
    var text = verdict.on(shown.group(2), shown.group(3), shown.group(4));
    return new Reply(text, 100, 5, false, 1);
  }

  @Override
  public boolean fits(Conversation conversation) {
    var shown = conversation.messages().getLast().content();
    return shown.length() < room && !shown.contains("endless");
  }

  @Override
  public int contextTokens() {
    return 512;
  }

  @Override
  public Set<String> controlTokens() {
    return Set.of("<eot>");
  }

  @Override
  public Map<String, Object> recipe() {
    return Map.of("model", "scripted");
  }
}
