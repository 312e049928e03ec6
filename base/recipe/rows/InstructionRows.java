import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// A simple instruction in the system prompt, sometimes two, on top of a simple question whose
/// answer stands in the prompt: in a passage, or among a few invented facts.
final class InstructionRows implements Kind {
  private static final double FROM_PASSAGE = 0.4;
  private static final double TWO_INSTRUCTIONS = 0.15;
  private static final double IN_USER_PROMPT = 0.12;

  private final List<Squad.Article> articles;
  private final Facts facts;
  private final Draw draw;

  InstructionRows(List<Squad.Article> articles, Draw draw) {
    this.articles = articles;
    this.facts = new Facts(draw);
    this.draw = draw;
  }

  @Override
  public String name() {
    return "instruction";
  }

  /// What is asked: the prompt without the instruction, the short answer and the whole sentence; of
  /// a passage there is only the short one.
  private record Matter(String prompt, String answer, Optional<String> sentence) {}

  /// An instruction and what it makes of an answer.
  private record Instruction(String name, String text, UnaryOperator<String> rule) {}

  @Override
  public Optional<Row> next() {
    var matter = draw.chance(FROM_PASSAGE) ? passage() : Optional.of(facts());
    return matter.map(this::row);
  }

  private Row row(Matter matter) {
    if (matter.sentence().isPresent() && draw.chance(0.25)) {
      return length(matter);
    }
    var first = draw.chance(0.5) ? outer() : inner();
    if (!draw.chance(TWO_INSTRUCTIONS)) {
      return row(first.name(), first.text(), matter, first.rule().apply(matter.answer()));
    }
    var inner = inner();
    var outer = outer();
    return row(
        inner.name() + " + " + outer.name(),
        inner.text() + " " + outer.text(),
        matter,
        outer.rule().apply(inner.rule().apply(matter.answer())));
  }

  private Row row(String variant, String instruction, Matter matter, String answer) {
    if (draw.chance(IN_USER_PROMPT)) {
      var prompt = matter.prompt() + "\n\n" + instruction;
      return new Row(name(), variant, new Chat().user(prompt).assistant(answer));
    }
    var system = draw.chance(0.2) ? "You are a helpful assistant. " + instruction : instruction;
    return new Row(
        name(), variant, new Chat().system(system).user(matter.prompt()).assistant(answer));
  }

  /// Short or whole: the instruction decides which.
  private Row length(Matter matter) {
    if (draw.chance(0.5)) {
      var text =
          draw.pick(
              "Answer in one whole sentence.",
              "Always answer with a full sentence.",
              "Use one complete sentence.");
      return row("sentence", text, matter, matter.sentence().orElseThrow());
    }
    int words = matter.answer().split(" ").length;
    int limit = draw.number(words, Math.max(words, 5));
    var text =
        draw.pick("Use at most %d words.", "Answer in %d words or fewer.", "No more than %d words.")
            .formatted(limit);
    return row("words", text, matter, matter.answer());
  }

  /// Instructions about the letters of the answer.
  private Instruction inner() {
    return switch (draw.number(0, 3)) {
      case 0 ->
          new Instruction(
              "upper",
              draw.pick(
                  "Answer in capital letters.",
                  "Write everything in upper case.",
                  "SHOUT: use only capital letters."),
              answer -> answer.toUpperCase(Locale.ROOT));
      case 1 ->
          new Instruction(
              "lower",
              draw.pick(
                  "Answer in small letters only.",
                  "Write everything in lower case.",
                  "Use no capital letters."),
              answer -> answer.toLowerCase(Locale.ROOT));
      case 2 ->
          new Instruction(
              "quotes",
              draw.pick("Put the answer in quotation marks.", "Answer between double quotes."),
              answer -> "\"" + answer.replace("\"", "'") + "\"");
      default ->
          new Instruction(
              "short",
              draw.pick(
                  "Give only the answer itself.",
                  "Answer as briefly as you can.",
                  "Answer with nothing but the words of the text."),
              answer -> answer);
    };
  }

  /// Instructions about what stands around the answer.
  private Instruction outer() {
    return switch (draw.number(0, 5)) {
      case 0, 1 -> prefix();
      case 2 -> signoff();
      case 3 -> json();
      case 4 -> tag();
      default ->
          new Instruction(
              "bullet",
              draw.pick(
                  "Answer as a list item that begins with \"- \".",
                  "Begin the answer with a dash and a space."),
              answer -> "- " + answer);
    };
  }

  private Instruction prefix() {
    var prefix = draw.chance(0.7) ? draw.of("prefix") : WordRules.capital(draw.word());
    return new Instruction(
        "prefix",
        draw.pick(
                "Begin every answer with \"%s:\".",
                "Always start with \"%s:\".", "Write \"%s:\" before the answer.")
            .formatted(prefix),
        answer -> prefix + ": " + answer);
  }

  private Instruction signoff() {
    var signoff =
        draw.chance(0.7) ? draw.of("signoff") : WordRules.capital(draw.phrase(2, 3)) + ".";
    return new Instruction(
        "signoff",
        draw.pick(
                "End every answer with \"%s\"",
                "Close with \"%s\"", "The last words are always \"%s\"")
            .formatted(signoff),
        answer -> (answer.endsWith(".") ? answer : answer + ".") + " " + signoff);
  }

  private Instruction json() {
    var key = draw.chance(0.6) ? "answer" : draw.of("field");
    return new Instruction(
        "json",
        draw.pick(
                "Answer as JSON: {\"%s\": ...}",
                "Reply with a JSON object that has the key \"%s\".",
                "Write only JSON with one key, \"%s\".")
            .formatted(key),
        answer -> "{\"%s\": %s}".formatted(key, Chat.json(answer)));
  }

  private Instruction tag() {
    var tag = draw.of("tag");
    return new Instruction(
        "tag",
        draw.pick("Put the answer in <%1$s> tags.", "Write the answer between <%1$s> and </%1$s>.")
            .formatted(tag),
        answer -> "<%s>%s</%s>".formatted(tag, answer, tag));
  }

  private Matter facts() {
    var all = facts.several(draw.number(1, 4));
    var asked = draw.pick(all);
    var text = String.join(" ", all.stream().map(Facts.Fact::text).toList());
    var prompt = draw.pick(PassageForm.values()).of(text, asked.question());
    return new Matter(prompt, asked.answer(), Optional.of(asked.sentence()));
  }

  private Optional<Matter> passage() {
    var paragraph = draw.pick(draw.pick(articles).paragraphs());
    var usable = paragraph.questions().stream().filter(PassageRows::isUsable).toList();
    if (usable.isEmpty()) {
      return Optional.empty();
    }
    var question = draw.pick(usable);
    int from = Math.max(0, question.sentence() - draw.number(0, 1));
    int to = Math.min(paragraph.sentences().size(), question.sentence() + draw.number(1, 2));
    var passage = String.join(" ", paragraph.sentences().subList(from, to));
    var prompt = draw.pick(PassageForm.values()).of(passage, question.text());
    return Optional.of(new Matter(prompt, question.answer(), Optional.empty()));
  }
}
