import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;

/// Rules about single words and phrases: case, order, marks, joining.
final class WordRules {
  private static final List<List<String>> MARKS =
      List.of(
          List.of("[", "]"),
          List.of("(", ")"),
          List.of("<", ">"),
          List.of("{", "}"),
          List.of("\"", "\""),
          List.of("'", "'"),
          List.of("*", "*"),
          List.of("**", "**"),
          List.of("_", "_"),
          List.of("[[", "]]"),
          List.of("- ", ""),
          List.of("# ", ""),
          List.of("> ", ""),
          List.of("", "!"),
          List.of("", "?"),
          List.of("~", "~"));

  private static final List<String> JOINERS =
      List.of(", ", "-", "_", "; ", " + ", ".", " & ", "|", " then ", " and ");

  private final Draw draw;

  WordRules(Draw draw) {
    this.draw = draw;
  }

  List<Supplier<Task>> all() {
    return List.of(
        this::upper,
        this::lower,
        this::title,
        this::first,
        this::last,
        this::second,
        this::reversed,
        this::withoutFirst,
        this::twice,
        this::marked,
        this::tagged,
        this::prefixed,
        this::suffixed,
        this::joined,
        this::split,
        this::swapped,
        this::filled,
        this::counted,
        this::contains,
        this::replaced);
  }

  private Task words(
      String name, String instruction, int low, int high, Function<List<String>, String> rule) {
    return Task.open(
        name,
        instruction,
        () -> {
          var words = draw.words(low, high);
          return new Task.Item(String.join(" ", words), rule.apply(words));
        });
  }

  private Task phrase(String name, String instruction, Function<String, String> rule) {
    return words(name, instruction, 1, 4, words -> rule.apply(String.join(" ", words)));
  }

  private Task upper() {
    var instruction = draw.pick("Write it in capital letters.", "Put the text in upper case.");
    return phrase("upper", instruction, text -> text.toUpperCase(Locale.ROOT));
  }

  private Task lower() {
    return Task.open(
        "lower",
        draw.pick("Write it in small letters.", "Put the text in lower case."),
        () -> {
          var text = draw.phrase(1, 4);
          return new Task.Item(text.toUpperCase(Locale.ROOT), text);
        });
  }

  private Task title() {
    return words(
        "title",
        "Begin each word with a capital letter.",
        2,
        4,
        words -> String.join(" ", words.stream().map(WordRules::capital).toList()));
  }

  static String capital(String word) {
    return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }

  private Task first() {
    return words(
        "first",
        draw.pick("Give the first word.", "Write only the first word."),
        2,
        5,
        List::getFirst);
  }

  private Task last() {
    return words(
        "last", draw.pick("Give the last word.", "Write only the last word."), 2, 5, List::getLast);
  }

  private Task second() {
    return words("second", "Give the second word.", 3, 5, words -> words.get(1));
  }

  private Task reversed() {
    return words(
        "reversed",
        "Write the words in reverse order.",
        2,
        4,
        words -> {
          var reversed = new ArrayList<>(words);
          Collections.reverse(reversed);
          return String.join(" ", reversed);
        });
  }

  private Task withoutFirst() {
    return words(
        "without first",
        "Leave out the first word.",
        3,
        5,
        words -> String.join(" ", words.subList(1, words.size())));
  }

  private Task twice() {
    var between = draw.pick(" ", ", ", " and ");
    return phrase("twice", "Write it twice.", text -> text + between + text);
  }

  private Task marked() {
    var marks = draw.pick(MARKS);
    var instruction = "Write it like this: %stext%s".formatted(marks.getFirst(), marks.getLast());
    return phrase("marked", instruction, text -> marks.getFirst() + text + marks.getLast());
  }

  private Task tagged() {
    var tag = draw.chance(0.7) ? draw.of("tag") : draw.word();
    return phrase(
        "tagged",
        "Put it in the tag %s.".formatted(tag),
        text -> "<%s>%s</%s>".formatted(tag, text, tag));
  }

  private Task prefixed() {
    var prefix = draw.chance(0.5) ? draw.of("prefix") : draw.word();
    var colon = draw.pick(": ", " - ", " ", " = ");
    return phrase(
        "prefixed",
        "Write \"%s\" before it.".formatted((prefix + colon).strip()),
        text -> prefix + colon + text);
  }

  private Task suffixed() {
    var suffix =
        draw.pick(", ", " - ", " ") + draw.pick("please", "over", "ok", "done", draw.word());
    return phrase(
        "suffixed", "Write \"%s\" after it.".formatted(suffix.strip()), text -> text + suffix);
  }

  private Task joined() {
    var joiner = draw.pick(JOINERS);
    return words(
        "joined",
        "Join the words with \"%s\".".formatted(joiner.strip()),
        2,
        5,
        words -> String.join(joiner, words));
  }

  private Task split() {
    var joiner = draw.pick(", ", "-", "_", ";", "|");
    return Task.open(
        "split",
        "Take away the \"%s\" between the words.".formatted(joiner.strip()),
        () -> {
          var words = draw.words(2, 5);
          return new Task.Item(String.join(joiner, words), String.join(" ", words));
        });
  }

  private Task swapped() {
    var between = draw.pick(" ", ", ", "-");
    return words(
        "swapped",
        "Write the second word before the first.",
        2,
        2,
        words -> words.getLast() + between + words.getFirst());
  }

  /// A sentence of random words with a hole: pure copying, of what no corpus has.
  private Task filled() {
    var before = WordRules.capital(draw.phrase(1, 3));
    var after = draw.phrase(1, 3);
    var shown = "%s ... %s".formatted(before, after);
    return words(
        "filled",
        "Put it in the gap of: %s".formatted(shown),
        1,
        2,
        words -> "%s %s %s".formatted(before, String.join(" ", words), after));
  }

  private Task counted() {
    var unit = draw.pick("", " words");
    return words("counted", "Count the words.", 2, 7, words -> words.size() + unit);
  }

  private Task contains() {
    var wanted = draw.word();
    var yes = draw.pick("yes", "true", "found");
    var no = yes.equals("true") ? "false" : "no";
    return Task.closed(
        "contains",
        "Is the word \"%s\" in it? Answer %s or %s.".formatted(wanted, yes, no),
        () -> {
          var words = new ArrayList<>(draw.words(2, 4));
          boolean isThere = draw.chance(0.5);
          words.removeIf(wanted::equals);
          if (isThere) {
            words.add(draw.number(0, words.size()), wanted);
          }
          return new Task.Item(String.join(" ", words), isThere ? yes : no);
        });
  }

  private Task replaced() {
    var old = draw.word();
    var fresh = draw.word();
    return Task.open(
        "replaced",
        "Write \"%s\" in place of \"%s\".".formatted(fresh, old),
        () -> {
          var words = new ArrayList<>(draw.words(1, 3));
          words.removeIf(old::equals);
          int place = draw.number(0, words.size());
          words.add(place, old);
          var input = String.join(" ", words);
          words.set(place, fresh);
          return new Task.Item(input, String.join(" ", words));
        });
  }
}
