package dev.hone.rag.answer;

import dev.hone.rag.passage.Sentences;
import dev.hone.rag.retrieve.Retrieved;
import dev.hone.rag.store.PassageView;
import java.util.ArrayList;
import java.util.List;

/// Turns a model's answer into statements whose citations hold.
///
/// A reference of the model's counts if its passage was in the prompt and holds the sentence. Where
/// none does, or the model gave none, the passages are searched for one that holds it.
public final class CitationCheck {
  /// A passage that the model did not name must have this share of what the best of them has of the
  /// question's words: short answers stand in many passages that are about something else.
  private static final double LEAST_COVERAGE = 0.7;

  private CitationCheck() {}

  /// @param passages as they were in the prompt: the first has number 1
  public static List<Statement> check(
      PassageView view, String question, String answer, List<Retrieved> passages) {
    var support = new Support(view, question);
    return Marks.read(answer).stream().map(marked -> statement(support, marked, passages)).toList();
  }

  private static Statement statement(
      Support support, Marks.Marked marked, List<Retrieved> passages) {
    var objections = new ArrayList<String>();
    var citations = new ArrayList<Citation>();
    for (int number : marked.numbers()) {
      if (number < 1 || number > passages.size()) {
        objections.add("[%d] was not among the passages".formatted(number));
      } else if (holds(support, marked, passages, number)) {
        citations.add(citation(support, marked, passages, number));
      } else {
        objections.add("[%d] does not say this".formatted(number));
      }
    }
    double most = passages.stream().mapToDouble(Retrieved::coverage).max().orElse(0);
    for (int number = 1; citations.isEmpty() && number <= passages.size(); number++) {
      boolean isAbout = passages.get(number - 1).coverage() >= LEAST_COVERAGE * most;
      if (isAbout && holds(support, marked, passages, number)) {
        citations.add(citation(support, marked, passages, number));
      }
    }
    return citations.isEmpty()
        ? new Statement(Links.removed(marked.sentence()), citations, List.of(), objections)
        : new Statement(
            marked.sentence(), citations, conflicts(support, citations, passages), objections);
  }

  /// What passages that are not cited say to the contrary.
  private static List<Citation> conflicts(
      Support support, List<Citation> citations, List<Retrieved> passages) {
    var conflicts = new ArrayList<Citation>();
    for (int number = 1; number <= passages.size(); number++) {
      var stored = passages.get(number - 1).passage();
      int own = number;
      if (citations.stream().noneMatch(citation -> citation.number() == own)) {
        for (var sentence : Sentences.of(stored.passage().text())) {
          if (citations.stream().anyMatch(c -> support.contradict(c.text(), sentence.text()))) {
            int start = stored.passage().start() + sentence.start();
            conflicts.add(new Citation(number, stored, start, sentence.text()));
          }
        }
      }
    }
    return conflicts;
  }

  private static boolean holds(
      Support support, Marks.Marked marked, List<Retrieved> passages, int number) {
    return support.holds(passages.get(number - 1).passage().passage(), marked.sentence());
  }

  private static Citation citation(
      Support support, Marks.Marked marked, List<Retrieved> passages, int number) {
    var stored = passages.get(number - 1).passage();
    var place = support.place(stored.passage(), marked.sentence());
    return new Citation(number, stored, stored.passage().start() + place.start(), place.text());
  }
}
