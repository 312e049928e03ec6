package dev.hone.rag.answer;

import dev.hone.rag.passage.Passage;
import dev.hone.rag.passage.Sentences;
import dev.hone.rag.passage.Sentences.Sentence;
import dev.hone.rag.store.PassageView;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Whether a passage holds what a sentence says, told from their words.
///
/// Every content word of the sentence must stand in the passage; of a long sentence one in eight
/// may be another word, but no number or name that the question does not have. Text in quotation
/// marks must stand in the passage as it is, and so must an address. A statement of a few words
/// must stand in one sentence, and be of the kind that was asked for. docs/benchmarks.md has what
/// this accepts and what it lets through.
final class Support {
  private static final double FREE_WORDS = 0.125;

  /// A statement of so few words stands in one sentence or not at all.
  private static final int SHORT = 4;

  /// Two sentences are about the same from so many common words on, and this share of all.
  private static final int SAME_WORDS = 3;

  private static final double SAME_SHARE = 0.6;

  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N}'’.,-]*");
  private static final Pattern QUOTE = Pattern.compile("[\"“]([^\"“”]{12,})[\"”]");

  private final PassageView view;
  private final Set<String> asked;
  private final AnswerKind kind;

  Support(PassageView view, String question) {
    this.view = view;
    this.asked = view.stems(question);
    this.kind = AnswerKind.of(question);
  }

  /// Whether the passage holds the sentence.
  boolean holds(Passage passage, String sentence) {
    boolean isShort = view.stems(sentence).size() <= SHORT;
    boolean hasWords =
        isShort
            ? Sentences.of(passage.text()).stream().anyMatch(one -> hasWords(one.text(), sentence))
            : hasWords(passage.text(), sentence);
    return hasWords
        && hasQuotes(passage.text(), sentence)
        && Links.in(sentence).stream().allMatch(link -> passage.text().contains(link.group()))
        && (!isShort || kind.fits(sentence));
  }

  /// Whether two sentences of documents say the same but for their numbers.
  boolean contradict(String one, String other) {
    var numbers = numbers(one);
    var otherNumbers = numbers(other);
    if (numbers.isEmpty() || otherNumbers.isEmpty() || numbers.equals(otherNumbers)) {
      return false;
    }
    var words = new HashSet<>(view.stems(one));
    words.removeAll(numbers);
    var otherWords = new HashSet<>(view.stems(other));
    otherWords.removeAll(otherNumbers);
    long common = words.stream().filter(otherWords::contains).count();
    long all = words.size() + otherWords.size() - common;
    return common >= SAME_WORDS && common >= SAME_SHARE * all;
  }

  private Set<String> numbers(String text) {
    return view.stems(text).stream()
        .filter(stem -> stem.chars().anyMatch(Character::isDigit))
        .collect(Collectors.toSet());
  }

  private static boolean hasQuotes(String text, String sentence) {
    var plain = plain(text);
    return QUOTE
        .matcher(sentence)
        .results()
        .allMatch(quote -> plain.contains(plain(quote.group(1))));
  }

  private static String plain(String text) {
    return text.toLowerCase(Locale.ROOT).replaceAll("[\\s.,;:!?'’\"“”]+", " ").strip();
  }

  private boolean hasWords(String text, String sentence) {
    var there = view.stems(text);
    int words = 0;
    int missing = 0;
    for (var word : WORD.matcher(sentence).results().toList()) {
      for (var stem : view.stems(word.group())) {
        words++;
        if (!there.contains(stem)) {
          if (!asked.contains(stem) && isFixed(word.group(), word.start())) {
            return false;
          }
          missing++;
        }
      }
    }
    return words > 0 && missing <= FREE_WORDS * words;
  }

  /// Numbers and names cannot be said in other words.
  private static boolean isFixed(String word, int start) {
    boolean hasDigit = word.chars().anyMatch(Character::isDigit);
    return hasDigit || start > 0 && Character.isUpperCase(word.charAt(0));
  }

  /// The sentence of the passage that says it best.
  Sentence place(Passage passage, String sentence) {
    var wanted = new HashSet<>(view.stems(sentence));
    wanted.removeAll(asked);
    var best = new Sentence(0, passage.text());
    double most = -1;
    for (var candidate : Sentences.of(passage.text())) {
      var stems = view.stems(candidate.text());
      double said = wanted.stream().filter(stems::contains).count();
      double about = asked.stream().filter(stems::contains).count();
      double score = said / (wanted.size() + 1.0) * 2 + about / (asked.size() + 1.0);
      if (score > most) {
        most = score;
        best = candidate;
      }
    }
    return best;
  }
}
