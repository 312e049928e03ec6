package dev.hone.model.text;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A chat template in the words of Ollama, which has Go's templates and not Jinja: what stands
/// around each role's messages is found out by rendering, and kept only where it gives the text of
/// the model's own template for every conversation that is tried.
///
/// @param start before the first message where that is no system message
/// @param system around a system message; `user` and `assistant` likewise
/// @param generation where the answer begins
public record OllamaTemplate(
    String start, Around system, Around user, Around assistant, String generation) {
  /// What stands before and behind a message.
  public record Around(String before, String after) {}

  private static final String SYSTEM = "SystemProbe1";
  private static final String USER = "UserProbe2";
  private static final String ANSWER = "AnswerProbe3";
  private static final String AGAIN = "UserProbe4";

  /// Empty where no such words give the same text.
  ///
  /// @param bos the text of the token that a text begins with; empty for none
  public static Optional<OllamaTemplate> of(ChatTemplate template, String bos) {
    if (template.usesClock()) return Optional.empty();
    try {
      var found = find(template, bos);
      boolean isRight =
          found.isPresent()
              && conversations().stream()
                  .allMatch(c -> rendered(template, bos, c).equals(found.get().text(c)));
      return isRight && !found.get().go().contains("{{{") ? found : Optional.empty();
    } catch (RuntimeException e) {
      return Optional.empty(); // a template that refuses one of the conversations
    }
  }

  private static Optional<OllamaTemplate> find(ChatTemplate template, String bos) {
    var alone = rendered(template, bos, List.of(Message.user(USER)));
    var shut = text(template, bos, List.of(Message.user(USER)), false);
    if (!alone.startsWith(shut)) return Optional.empty();
    var generation = alone.substring(shut.length());
    var all = rendered(template, bos, conversations().getLast());
    var toAnswer = between(all, USER, ANSWER);
    if (!toAnswer.endsWith(generation)) return Optional.empty();
    var afterUser = toAnswer.substring(0, toAnswer.length() - generation.length());
    var beforeAlone = alone.substring(0, alone.indexOf(USER));
    var toUser = between(all, SYSTEM, USER);
    var toNext = between(all, ANSWER, AGAIN);
    var beforeUser = commonEnd(commonEnd(toUser, toNext), beforeAlone);
    var start = beforeAlone.substring(0, beforeAlone.length() - beforeUser.length());
    return Optional.of(
        new OllamaTemplate(
            start,
            new Around(
                all.substring(0, all.indexOf(SYSTEM)),
                toUser.substring(0, toUser.length() - beforeUser.length())),
            new Around(beforeUser, afterUser),
            new Around(generation, toNext.substring(0, toNext.length() - beforeUser.length())),
            generation));
  }

  private static String between(String text, String from, String to) {
    return text.substring(text.indexOf(from) + from.length(), text.indexOf(to));
  }

  private static String commonEnd(String a, String b) {
    int n = 0;
    while (n < Math.min(a.length(), b.length())
        && a.charAt(a.length() - 1 - n) == b.charAt(b.length() - 1 - n)) {
      n++;
    }
    return a.substring(a.length() - n);
  }

  /// The last has every kind of step.
  private static List<List<Message>> conversations() {
    var turns = List.of(Message.user(USER), Message.assistant(ANSWER), Message.user(AGAIN));
    var withSystem = new ArrayList<Message>();
    withSystem.add(Message.system(SYSTEM));
    withSystem.addAll(turns);
    return List.of(turns.subList(0, 1), turns, withSystem.subList(0, 2), List.copyOf(withSystem));
  }

  private static String rendered(ChatTemplate template, String bos, List<Message> messages) {
    return text(template, bos, messages, true);
  }

  /// Without the BOS token, which Ollama's tokenizer puts there.
  private static String text(
      ChatTemplate template, String bos, List<Message> messages, boolean isToGenerate) {
    var text =
        template
            .render(messages, List.of(), isToGenerate, Map.of(), LocalDateTime.of(2000, 1, 1, 0, 0))
            .text();
    return !bos.isEmpty() && text.startsWith(bos) ? text.substring(bos.length()) : text;
  }

  private String text(List<Message> messages) {
    var text = new StringBuilder(messages.getFirst().role().equals("system") ? "" : start);
    for (var message : messages) {
      var around =
          switch (message.role()) {
            case "system" -> system;
            case "user" -> user;
            default -> assistant;
          };
      text.append(around.before).append(message.content()).append(around.after);
    }
    return text.append(generation).toString();
  }

  /// As Ollama's `TEMPLATE` has it.
  public String go() {
    var go = new StringBuilder();
    if (!start.isEmpty()) {
      go.append("{{ if ne (index .Messages 0).Role \"system\" }}")
          .append(start)
          .append("{{ end }}");
    }
    go.append("{{ range .Messages }}{{ if eq .Role \"system\" }}").append(content(system));
    go.append("{{ else if eq .Role \"user\" }}").append(content(user));
    go.append("{{ else if eq .Role \"assistant\" }}").append(content(assistant));
    return go.append("{{ end }}{{ end }}").append(generation).toString();
  }

  private static String content(Around around) {
    return around.before + "{{ .Content }}" + around.after;
  }
}
