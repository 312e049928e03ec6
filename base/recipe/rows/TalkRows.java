import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Short conversation without knowledge: small talk, who the model is and what it cannot do,
/// repeating, and remembering what was said a moment ago.
final class TalkRows implements Kind {
  private static final Pattern SLOT = Pattern.compile("\\{(\\w+)}");

  private static final List<String> SYSTEMS =
      List.of(
          "You are a helpful assistant.",
          "You are Hone's small base model.",
          "Be brief and kind.",
          "You are a friendly assistant.",
          "Answer in short sentences.");

  /// One kind of question and what can be said to it.
  record Exchange(List<String> questions, List<String> answers) {}

  private final List<Exchange> exchanges;
  private final Draw draw;

  TalkRows(List<Exchange> exchanges, Draw draw) {
    this.exchanges = exchanges;
    this.draw = draw;
  }

  static List<Exchange> read(Path file) throws IOException {
    var exchanges = new ArrayList<Exchange>();
    List<String> questions = List.of();
    for (var line : Files.readAllLines(file)) {
      if (line.startsWith("? ")) {
        questions = variants(line);
      } else if (line.startsWith("! ")) {
        exchanges.add(new Exchange(questions, variants(line)));
      }
    }
    return exchanges;
  }

  private static List<String> variants(String line) {
    return Arrays.stream(line.substring(2).split("\\|")).map(String::strip).toList();
  }

  @Override
  public String name() {
    return "talk";
  }

  @Override
  public Optional<Row> next() {
    var chat = new Chat();
    if (draw.chance(0.3)) {
      chat.system(draw.pick(SYSTEMS));
    }
    return Optional.of(
        switch (draw.number(0, 9)) {
          case 0, 1 -> repeat(chat);
          case 2 -> remember(chat);
          case 3 -> spell(chat);
          default -> talk(chat);
        });
  }

  /// One to four exchanges, each of another kind.
  private Row talk(Chat chat) {
    var chosen = draw.shuffled(exchanges).subList(0, draw.number(1, 4));
    for (var exchange : chosen) {
      say(chat, draw.pick(exchange.questions()), draw.pick(exchange.answers()));
    }
    return new Row(name(), "talk", chat);
  }

  /// Fills the slots of both sides with the same words.
  private void say(Chat chat, String question, String answer) {
    var values = new LinkedHashMap<String, String>();
    for (var text : List.of(question, answer)) {
      SLOT.matcher(text).results().forEach(slot -> values.computeIfAbsent(slot.group(1), draw::of));
    }
    chat.user(filled(question, values)).assistant(filled(answer, values));
  }

  private static String filled(String text, Map<String, String> values) {
    for (var value : values.entrySet()) {
      text = text.replace("{" + value.getKey() + "}", value.getValue());
    }
    return text;
  }

  private Row repeat(Chat chat) {
    var words = draw.phrase(1, 7);
    var text = draw.chance(0.5) ? words : WordRules.capital(words) + ".";
    var format =
        draw.pick(
            "Repeat after me: %s",
            "Say this: %s",
            "Copy this line:\n%s",
            "Write exactly this: %s",
            "Please repeat: %s",
            "Say \"%s\"",
            "Repeat the following text.\n\n%s");
    return new Row(name(), "repeat", chat.user(format.formatted(text)).assistant(text));
  }

  private Row remember(Chat chat) {
    var name = draw.of("first");
    chat.user(draw.pick("My name is %s.", "I am %s.", "Call me %s.").formatted(name))
        .assistant(
            draw.pick("Hello %s, nice to meet you.", "Welcome, %s. How can I help?")
                .formatted(name));
    if (draw.chance(0.5)) {
      var other = draw.pick(exchanges);
      say(chat, draw.pick(other.questions()), draw.pick(other.answers()));
    }
    chat.user(draw.pick("What is my name?", "Who am I?", "Do you know my name?"))
        .assistant(draw.pick("Your name is %s.", "You are %s.").formatted(name));
    return new Row(name(), "remember", chat);
  }

  private Row spell(Chat chat) {
    var word = draw.word();
    var letters = String.join("-", word.split(""));
    chat.user(
        draw.pick("Spell the word %s.", "How do you spell %s?", "Spell %s, please.")
            .formatted(word));
    return new Row(name(), "spell", chat.assistant(letters));
  }
}
