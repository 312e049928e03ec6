package dev.hone.rag.answer;

import dev.hone.model.text.Conversation;
import dev.hone.rag.answer.CitedAnswer.Answered;
import dev.hone.rag.answer.CitedAnswer.Reason;
import dev.hone.rag.answer.CitedAnswer.Refused;
import dev.hone.rag.retrieve.Retrieved;
import dev.hone.rag.retrieve.Retriever;
import dev.hone.rag.store.Filter;
import dev.hone.rag.store.PassageView;
import java.io.IOException;
import java.util.List;

/// Answers a question from documents, or says that they do not answer it.
public final class Answerer {
  private final Retriever retriever;
  private final AnswerModel model;
  private final Settings settings;

  /// @param passages the most that are put before the model
  /// @param leastRelevance below which nothing found counts as being about the question
  /// @param dropsUnsupported whether statements that no passage holds are left out, not marked
  public record Settings(int passages, double leastRelevance, boolean dropsUnsupported) {
    public static final Settings DEFAULT = new Settings(5, 1.77, false);
  }

  public Answerer(Retriever retriever, AnswerModel model, Settings settings) {
    this.retriever = retriever;
    this.model = model;
    this.settings = settings;
  }

  public CitedAnswer answer(PassageView view, String question, Filter filter) throws IOException {
    var found = retriever.find(view, question, filter, settings.passages());
    double relevance = found.stream().mapToDouble(Retrieved::relevance).max().orElse(0);
    if (relevance < settings.leastRelevance()) {
      return new Refused(Reason.NOTHING_FOUND, found);
    }
    var prompt = new PassagePrompt(model.controlTokens());
    var passages = fitting(prompt, question, found);
    var text = model.answer(prompt.of(question, passages)).strip();
    if (text.isEmpty() || text.startsWith(PassagePrompt.REFUSAL)) {
      return new Refused(Reason.NOT_IN_PASSAGES, found);
    }
    return checked(CitationCheck.check(view, question, text, passages), found);
  }

  /// What the model would be asked, whatever the relevance: to train on.
  public Conversation conversation(PassageView view, String question, Filter filter)
      throws IOException {
    var prompt = new PassagePrompt(model.controlTokens());
    var found = retriever.find(view, question, filter, settings.passages());
    return prompt.of(question, fitting(prompt, question, found));
  }

  private List<Retrieved> fitting(PassagePrompt prompt, String question, List<Retrieved> found) {
    int count = found.size();
    while (count > 1 && !model.fits(prompt.of(question, found.subList(0, count)))) {
      count--;
    }
    return found.subList(0, count);
  }

  private CitedAnswer checked(List<Statement> statements, List<Retrieved> found) {
    if (statements.stream().noneMatch(Statement::isSupported)) {
      return new Refused(Reason.UNSUPPORTED, found);
    }
    return settings.dropsUnsupported()
        ? new Answered(statements.stream().filter(Statement::isSupported).toList(), found)
        : new Answered(statements, found);
  }
}
