package dev.hone.rag.measure;

import dev.hone.rag.answer.CitationCheck;
import dev.hone.rag.answer.Statement;
import dev.hone.rag.measure.IndexReport.Citations;
import dev.hone.rag.retrieve.Coverage;
import dev.hone.rag.retrieve.Retrieved;
import dev.hone.rag.store.Filter;
import dev.hone.rag.store.PassageView;
import dev.hone.rag.store.StoredPassage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Puts known answers to the check of citations: right ones, and two kinds of wrong ones.
final class CitationMeasure {
  private static final int DEPTH = 100;
  private static final int SHOWN = 5;

  private final PassageView view;
  private int right;
  private int rightAccepted;
  private int spansRight;
  private int wrongPassages;
  private int wrongPassagesAccepted;
  private int wrongAnswers;
  private int wrongAnswersAccepted;
  private int answered;
  private int answeredAndCited;
  private int cited;
  private int citedRightly;
  private int blind;
  private int blindRefused;

  CitationMeasure(PassageView view) {
    this.view = view;
  }

  /// The ranking for a question, best first.
  @FunctionalInterface
  interface Rankings {
    List<StoredPassage> of(Question question) throws IOException;
  }

  /// Empty where no question with answers has its passage among the first hundred by words.
  Optional<Citations> run(List<Question> questions, Rankings rankings) throws IOException {
    var answersBySource = new HashMap<String, List<Question>>();
    for (var question : questions) {
      if (!question.answers().isEmpty()) {
        answersBySource
            .computeIfAbsent(question.source().orElse(""), name -> new ArrayList<>())
            .add(question);
      }
    }
    for (var question : questions) {
      if (!question.answers().isEmpty()) {
        measure(question, answersBySource);
        endToEnd(question, rankings.of(question));
      }
    }
    return right == 0 ? Optional.empty() : Optional.of(result());
  }

  private Citations result() {
    return new Citations(
        share(rightAccepted, right),
        1 - share(wrongPassagesAccepted, wrongPassages),
        1 - share(wrongAnswersAccepted, wrongAnswers),
        share(spansRight, rightAccepted),
        share(answeredAndCited, answered),
        share(citedRightly, cited),
        share(blindRefused, blind));
  }

  private static double share(int part, int whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  private void measure(Question question, Map<String, List<Question>> answersBySource)
      throws IOException {
    Optional<StoredPassage> own = Optional.empty();
    Optional<StoredPassage> other = Optional.empty();
    for (var hit : view.byWords(question.text(), Filter.NONE, DEPTH)) {
      var passage = view.passage(hit.id());
      boolean isOwn = answers(passage, question);
      if (isOwn && own.isEmpty()) {
        own = Optional.of(passage);
      } else if (!question.isAnsweredFrom(passage) && other.isEmpty()) {
        other = Optional.of(passage);
      }
    }
    if (own.isPresent()) {
      right(question, own.get());
      wrongAnswer(question, own.get(), answersBySource);
    }
    if (other.isPresent()) {
      wrongPassages++;
      wrongPassagesAccepted += accepts(question, question.answers().getFirst(), other.get());
    }
  }

  /// The known answer as a model would give it that cites nothing: before the passages found, and
  /// before the same without those that answer.
  private void endToEnd(Question question, List<StoredPassage> ranking) throws IOException {
    var first = ranking.stream().limit(SHOWN).toList();
    if (first.stream().anyMatch(passage -> answers(passage, question))) {
      answered++;
      boolean isRight = false;
      for (var statement : check(question, question.answers().getFirst(), first)) {
        for (var citation : statement.citations()) {
          cited++;
          boolean isOwn = answers(citation.passage(), question);
          citedRightly += isOwn ? 1 : 0;
          isRight |= isOwn;
        }
      }
      answeredAndCited += isRight ? 1 : 0;
    }
    var others = ranking.stream().filter(p -> !answers(p, question)).limit(SHOWN).toList();
    blind++;
    var said = check(question, question.answers().getFirst(), others);
    blindRefused += said.stream().noneMatch(Statement::isSupported) ? 1 : 0;
  }

  private static boolean answers(StoredPassage passage, Question question) {
    return question.isAnsweredFrom(passage) && holdsAnswer(passage, question);
  }

  private static boolean holdsAnswer(StoredPassage passage, Question question) {
    var text = lower(passage.passage().text());
    return question.answers().stream().anyMatch(answer -> text.contains(lower(answer)));
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  private void right(Question question, StoredPassage own) throws IOException {
    right++;
    var checked = check(question, question.answers().getFirst(), own);
    if (checked.stream().allMatch(Statement::isSupported)) {
      rightAccepted++;
      var cited = lower(checked.getFirst().citations().getFirst().text());
      spansRight += question.answers().stream().anyMatch(a -> cited.contains(lower(a))) ? 1 : 0;
    }
  }

  /// The next question's answer that the passage's own question does not accept.
  private void wrongAnswer(
      Question question, StoredPassage own, Map<String, List<Question>> answersBySource)
      throws IOException {
    var others = answersBySource.get(question.source().orElse(""));
    int at = others.indexOf(question);
    for (int i = 1; i < others.size(); i++) {
      var other = others.get((at + i) % others.size());
      if (!other.isAnsweredFrom(own)) {
        wrongAnswers++;
        wrongAnswersAccepted += accepts(question, other.answers().getFirst(), own);
        return;
      }
    }
  }

  private int accepts(Question question, String answer, StoredPassage passage) throws IOException {
    return check(question, answer, passage).stream().allMatch(Statement::isSupported) ? 1 : 0;
  }

  private List<Statement> check(Question question, String answer, StoredPassage passage)
      throws IOException {
    return check(question, answer + " [1]", List.of(passage));
  }

  private List<Statement> check(Question question, String answer, List<StoredPassage> passages)
      throws IOException {
    var coverage = new Coverage(view, question.text());
    var found = new ArrayList<Retrieved>();
    for (var passage : passages) {
      double covered = coverage.of(view.stems(passage.passage().text()));
      found.add(new Retrieved(passage, 1, 1, covered));
    }
    return CitationCheck.check(view, question.text(), answer, found);
  }
}
