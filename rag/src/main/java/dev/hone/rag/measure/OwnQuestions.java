package dev.hone.rag.measure;

import dev.hone.rag.passage.Sentences;
import dev.hone.rag.passage.Sentences.Sentence;
import dev.hone.rag.store.PassageView;
import dev.hone.rag.store.StoredPassage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Pattern;

/// Questions made from the documents themselves, without a model.
///
/// Of a sentence a number, a name or its rarest word is the answer, and half of the other words,
/// put as they stand, are the question. They share their words with the document, as people's
/// questions do less: good for comparing settings of one index, and too kind as a forecast.
public final class OwnQuestions {
  private static final int LEAST_WORDS = 7;
  private static final int MOST_WORDS = 40;
  private static final int LEAST_ASKED = 4;
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N}'’-]*");
  private static final Pattern NUMBER =
      Pattern.compile("\\p{N}(?:[\\p{N}.,:/-]*\\p{N})?(?: \\p{L}+)?");
  private static final Pattern NAME =
      Pattern.compile("(?<=[\\p{L}\\p{N},;:] )\\p{Lu}\\p{L}+(?: \\p{Lu}\\p{L}+)*");

  private final PassageView view;
  private final SplittableRandom random;

  private OwnQuestions(PassageView view, long seed) {
    this.view = view;
    this.random = new SplittableRandom(seed);
  }

  /// At most one for a passage, from passages spread evenly over the index, in an order of chance.
  ///
  /// @param count the most of them
  public static List<Question> make(PassageView view, int count, long seed) throws IOException {
    var maker = new OwnQuestions(view, seed);
    var questions = new ArrayList<Question>();
    for (var sample : view.sample(2 * count)) {
      maker.question(view.passage(sample.id())).ifPresent(questions::add);
    }
    Collections.shuffle(questions, new Random(seed));
    return List.copyOf(questions.subList(0, Math.min(count, questions.size())));
  }

  private Optional<Question> question(StoredPassage stored) throws IOException {
    var sentences =
        Sentences.of(stored.passage().text()).stream()
            .map(Sentence::text)
            .filter(OwnQuestions::isOfUsualLength)
            .toList();
    if (sentences.isEmpty()) {
      return Optional.empty();
    }
    var sentence = sentences.get(random.nextInt(sentences.size()));
    var answer = answer(sentence);
    var asked = words(sentence, answer);
    if (asked.size() < LEAST_ASKED) {
      return Optional.empty();
    }
    return Optional.of(
        new Question(
            opening(answer) + String.join(" ", asked) + "?",
            Optional.of(stored.source()),
            stored.passage().metadata(),
            List.of(answer),
            Optional.of(sentence)));
  }

  private static boolean isOfUsualLength(String sentence) {
    long words = WORD.matcher(sentence).results().count();
    return words >= LEAST_WORDS && words <= MOST_WORDS;
  }

  private String answer(String sentence) throws IOException {
    for (var kind : List.of(NUMBER, NAME)) {
      var found = kind.matcher(sentence);
      if (found.find()) {
        return found.group();
      }
    }
    return rarest(sentence);
  }

  private String rarest(String sentence) throws IOException {
    String rarest = "";
    double most = -1;
    for (var word : WORD.matcher(sentence).results().toList()) {
      for (var weighted : view.words(word.group())) {
        if (weighted.idf() > most) {
          most = weighted.idf();
          rarest = word.group();
        }
      }
    }
    return rarest;
  }

  private static String opening(String answer) {
    if (NUMBER.matcher(answer).matches()) {
      return "How many or when: ";
    }
    return NAME.matcher("of " + answer).find() ? "Who or where: " : "What: ";
  }

  /// Half of the sentence's words that mean something, without the answer's, as they follow.
  private List<String> words(String sentence, String answer) {
    var content = new ArrayList<String>();
    var known = new HashSet<>(view.stems(answer));
    for (var word : WORD.matcher(sentence).results().toList()) {
      Set<String> stems = view.stems(word.group());
      if (!stems.isEmpty() && known.addAll(stems)) {
        content.add(word.group().toLowerCase(Locale.ROOT));
      }
    }
    int kept = Math.max(LEAST_ASKED, content.size() / 2);
    while (content.size() > kept) {
      content.remove(random.nextInt(content.size()));
    }
    return content;
  }
}
