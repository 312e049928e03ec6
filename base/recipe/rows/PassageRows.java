import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// Questions about a passage in the prompt. The answer is copied from it, or refused with one fixed
/// sentence where the passage does not have it.
///
/// What cannot be answered is of three kinds, so that neither the subject nor shared words give it
/// away: the question of another article; of another paragraph of the same article; and of this
/// very paragraph, whose sentence with the answer was taken out. Of the first two, half are the
/// candidate that shares the most words with the passage.
final class PassageRows implements Kind {
  static final String REFUSAL = "The passage does not say.";

  private static final double SEVERAL_QUESTIONS = 0.2;
  private static final double SEVERAL_PASSAGES = 0.1;
  private static final int MAX_ANSWER = 60;
  private static final int MAX_PASSAGE_TOKENS = 280;

  private static final List<String> SYSTEMS =
      List.of(
          "Answer from the passage. If it does not have the answer, say: " + REFUSAL,
          "Answer the question with words of the passage. If the passage does not say, write: "
              + REFUSAL,
          "You answer questions about a passage, briefly.",
          "Answer briefly, and only from the text that you are given.",
          "You are a helpful assistant.",
          "Use only the passage.");

  private final List<Squad.Article> articles;
  private final double unanswerable;
  private final Draw draw;

  /// @param unanswerable the share of questions that their passage does not answer
  PassageRows(List<Squad.Article> articles, double unanswerable, Draw draw) {
    this.articles = articles;
    this.unanswerable = unanswerable;
    this.draw = draw;
  }

  @Override
  public String name() {
    return "passage";
  }

  @Override
  public Optional<Row> next() {
    var article = draw.pick(articles);
    var paragraph = draw.pick(article.paragraphs());
    if (draw.chance(unanswerable)) {
      return unanswerable(article, paragraph);
    }
    return draw.chance(SEVERAL_QUESTIONS) ? several(paragraph) : answerable(paragraph);
  }

  /// A question that can be learned from: its answer is short and inside one sentence.
  static boolean isUsable(Squad.Question question) {
    return question.sentence() >= 0
        && question.answer().length() <= MAX_ANSWER
        && question.text().length() >= 12
        && question.text().length() <= 160;
  }

  private Optional<Squad.Question> question(Squad.Paragraph paragraph) {
    var usable = paragraph.questions().stream().filter(PassageRows::isUsable).toList();
    return usable.isEmpty() ? Optional.empty() : Optional.of(draw.pick(usable));
  }

  private Optional<Row> answerable(Squad.Paragraph paragraph) {
    return question(paragraph)
        .flatMap(question ->
            passage(paragraph.sentences(), question.sentence())
                .map(passage -> row(withOthers(passage, question), question)));
  }

  private Row row(String passage, Squad.Question question) {
    return row("answered", passage, question.text(), question.answer());
  }

  private Row row(String variant, String passage, String question, String answer) {
    return new Row(name(), variant, ask(passage, question).assistant(answer));
  }

  private Chat ask(String passage, String question) {
    var form = draw.chance(0.35) ? PassageForm.LABELS : draw.pick(PassageForm.values());
    var chat = new Chat();
    if (draw.chance(0.08)) {
      return chat.system("Answer from this passage.\n\n" + passage).user(question);
    }
    if (draw.chance(0.35)) {
      chat.system(draw.pick(SYSTEMS));
    }
    return chat.user(form.of(passage, question));
  }

  /// Sentences around one of them, or around none where `needed` is negative; empty where the
  /// needed sentence alone is too long.
  private Optional<String> passage(List<String> sentences, int needed) {
    int budget = draw.number(50, MAX_PASSAGE_TOKENS);
    int first = needed < 0 ? draw.number(0, sentences.size() - 1) : needed;
    int last = first;
    int size = Chat.tokens(sentences.get(first));
    if (size > MAX_PASSAGE_TOKENS) {
      return Optional.empty();
    }
    while (first > 0 || last < sentences.size() - 1) {
      boolean isBefore = first > 0 && (last == sentences.size() - 1 || draw.chance(0.5));
      size += Chat.tokens(sentences.get(isBefore ? first - 1 : last + 1));
      if (size > budget) {
        break;
      }
      first -= isBefore ? 1 : 0;
      last += isBefore ? 0 : 1;
    }
    return Optional.of(String.join(" ", sentences.subList(first, last + 1)));
  }

  /// Sometimes one or two short passages of other articles stand around the right one.
  private String withOthers(String passage, Squad.Question question) {
    if (!draw.chance(SEVERAL_PASSAGES) || Chat.tokens(passage) > MAX_PASSAGE_TOKENS / 2) {
      return passage;
    }
    var passages = new ArrayList<>(List.of(passage));
    for (int i = draw.number(1, 2); i > 0; i--) {
      var sentences = draw.pick(draw.pick(articles).paragraphs()).sentences();
      var other = sentences.subList(0, Math.min(2, sentences.size()));
      passages.add(String.join(" ", other));
    }
    passages.removeIf(other -> !other.equals(passage) && question.isAnsweredBy(other));
    return numbered(draw.shuffled(passages));
  }

  private static String numbered(List<String> passages) {
    var text = new StringBuilder();
    for (int i = 0; i < passages.size(); i++) {
      text.append(i == 0 ? "" : "\n").append("[%d] %s".formatted(i + 1, passages.get(i)));
    }
    return text.toString();
  }

  /// Two or three questions about one passage, each a turn.
  private Optional<Row> several(Squad.Paragraph paragraph) {
    var usable =
        draw.shuffled(paragraph.questions().stream().filter(PassageRows::isUsable).toList());
    if (usable.size() < 2) {
      return Optional.empty();
    }
    var first = usable.getFirst();
    return passage(paragraph.sentences(), first.sentence())
        .map(passage -> {
          var chat = ask(passage, first.text()).assistant(first.answer());
          for (var other : usable.subList(1, Math.min(usable.size(), draw.number(2, 3)))) {
            boolean isThere = passage.contains(paragraph.sentences().get(other.sentence()));
            if (isThere || !other.isAnsweredBy(passage)) {
              chat.user(other.text()).assistant(isThere ? other.answer() : REFUSAL);
            }
          }
          return new Row(name(), "several", chat);
        });
  }

  private Optional<Row> unanswerable(Squad.Article article, Squad.Paragraph paragraph) {
    if (draw.chance(0.12)) {
      return takenOut(paragraph);
    }
    boolean isSameArticle = draw.chance(0.5);
    return passage(paragraph.sentences(), -1)
        .flatMap(
            passage -> foreign(isSameArticle ? article : draw.pick(articles), passage, paragraph))
        .map(pair -> row(isSameArticle ? "same article" : "other article", pair));
  }

  private record Pair(String passage, Squad.Question question) {}

  private Row row(String variant, Pair pair) {
    return row(variant, pair.passage(), pair.question().text(), REFUSAL);
  }

  private Optional<Pair> foreign(Squad.Article article, String passage, Squad.Paragraph own) {
    Supplier<Squad.Question> source = () -> draw.pick(draw.pick(article.paragraphs()).questions());
    var candidates = new ArrayList<Squad.Question>();
    for (int i = 0; i < 8; i++) {
      candidates.add(source.get());
    }
    candidates.removeIf(question ->
        !isUsable(question)
            || own.questions().contains(question)
            || question.isAnsweredBy(passage));
    if (candidates.isEmpty()) {
      return Optional.empty();
    }
    var closest = candidates.stream().max(Comparator.comparingDouble(q -> overlap(q, passage)));
    return Optional.of(
        new Pair(passage, draw.chance(0.5) ? closest.orElseThrow() : candidates.getFirst()));
  }

  /// The share of a question's words that the passage has.
  static double overlap(Squad.Question question, String passage) {
    var words = words(question.text());
    long shared = words.stream().filter(words(passage)::contains).count();
    return shared / (double) Math.max(1, words.size());
  }

  private static Set<String> words(String text) {
    var words = new HashSet<>(Arrays.asList(text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\d]+")));
    words.removeIf(word -> word.length() < 4);
    return words;
  }

  private Optional<Row> takenOut(Squad.Paragraph paragraph) {
    return question(paragraph)
        .flatMap(question -> {
          var left = new ArrayList<>(paragraph.sentences());
          left.remove(question.sentence());
          if (left.isEmpty() || question.isAnsweredBy(String.join(" ", left))) {
            return Optional.empty();
          }
          return passage(left, -1).map(passage -> row("taken out", new Pair(passage, question)));
        });
  }

  /// What the measured sets say about a question.
  static Map<String, Object> metadata(Squad.Article article, Squad.Question question) {
    var metadata = new LinkedHashMap<String, Object>();
    metadata.put("id", question.id());
    metadata.put("article", article.title());
    metadata.put("answers", question.answers());
    return metadata;
  }
}
