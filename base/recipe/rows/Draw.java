import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Draws words, names, numbers and dates from one seeded source.
final class Draw {
  private static final Pattern SLOT = Pattern.compile("\\{(\\w+)}");
  private static final String CONSONANTS = "bcdfghklmnprstvwz";
  private static final String VOWELS = "aeiou";

  private final SplittableRandom random;
  private final Lexicon lexicon;

  Draw(SplittableRandom random, Lexicon lexicon) {
    this.random = random;
    this.lexicon = lexicon;
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  /// A whole number from `low` to `high`, both included.
  int number(int low, int high) {
    return random.nextInt(low, high + 1);
  }

  <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  @SafeVarargs
  final <T> T pick(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  <T> List<T> shuffled(List<T> list) {
    var copy = new ArrayList<>(list);
    Collections.shuffle(copy, new Random(random.nextLong()));
    return copy;
  }

  /// One word of a list of the lexicon.
  String of(String list) {
    return pick(lexicon.list(list));
  }

  List<String> list(String name) {
    return lexicon.list(name);
  }

  /// A word: common, concrete, or, one time in six, one that does not exist.
  String word() {
    return switch (number(0, 5)) {
      case 0 -> invented();
      case 1 -> of("noun");
      case 2 -> of("adjective");
      default -> pick(lexicon.common());
    };
  }

  /// A word made of two or three syllables.
  String invented() {
    var word = new StringBuilder();
    for (int i = number(2, 3); i > 0; i--) {
      word.append(letter(CONSONANTS)).append(letter(VOWELS));
    }
    return chance(0.5) ? word.toString() : word.append(letter(CONSONANTS)).toString();
  }

  private char letter(String letters) {
    return letters.charAt(random.nextInt(letters.length()));
  }

  List<String> words(int low, int high) {
    return different(number(low, high), this::word);
  }

  /// `count` values that all differ.
  <T> List<T> different(int count, Supplier<T> source) {
    var values = new LinkedHashSet<T>();
    while (values.size() < count) {
      values.add(source.get());
    }
    return List.copyOf(values);
  }

  String phrase(int low, int high) {
    return String.join(" ", words(low, high));
  }

  String person() {
    return of("first") + " " + of("last");
  }

  LocalDate date() {
    return LocalDate.of(number(1950, 2035), number(1, 12), number(1, 28));
  }

  /// The template with `{list}` replaced by a word of that list, and `{n}` by a number.
  String fill(String template) {
    return SLOT.matcher(template)
        .replaceAll(slot -> {
          var name = slot.group(1);
          var value = name.equals("n") ? "" + number(2, 60) : of(name);
          return Matcher.quoteReplacement(value);
        });
  }
}
