package dev.hone.tune.eval;

import dev.hone.model.UsageException;
import dev.hone.model.generate.Generator;
import dev.hone.model.language.LanguageModel;
import dev.hone.tensor.Workers;
import dev.hone.tune.answer.Answered;
import dev.hone.tune.answer.Answering;
import dev.hone.tune.answer.Prompt;
import dev.hone.tune.answer.RowToAsk;
import dev.hone.tune.run.TuneListener;
import java.io.IOException;
import java.util.List;

/// Answers the last turn of every row of a file, always by the likeliest token, and compares with
/// what the row says.
public final class Answers {
  private final EvalRequest request;
  private final LanguageModel model;
  private final TuneListener listener;

  private Answers(EvalRequest request, LanguageModel model, TuneListener listener) {
    this.request = request;
    this.model = model;
    this.listener = listener;
  }

  /// One row's answer.
  ///
  /// @param line of the row, from 1
  /// @param answer as generated
  /// @param expected the row's answer, or the list `metadata.answers` where it has one
  /// @param isCut whether the token limit ended the answer
  public record Answer(long line, String answer, List<String> expected, boolean isCut) {
    public boolean isExact() {
      return TextMatch.isExact(answer, expected);
    }

    public double f1() {
      return TextMatch.f1(answer, expected);
    }
  }

  /// @param answers in the file's order
  /// @param seconds for answering
  public record Result(List<Answer> answers, double seconds) {
    public Result {
      answers = List.copyOf(answers);
    }

    /// Share of answers that are an expected one. See [TextMatch].
    public double exactMatch() {
      return answers.stream().filter(Answer::isExact).count() / (double) answers.size();
    }

    /// Mean over the rows. See [TextMatch].
    public double f1() {
      return answers.stream().mapToDouble(Answer::f1).average().orElseThrow();
    }

    /// How many answers the token limit ended.
    public long cut() {
      return answers.stream().filter(Answer::isCut).count();
    }
  }

  /// @param maxTokens the most tokens of an answer
  /// @throws UsageException when the model or the file cannot be used
  public static Result run(EvalRequest request, int maxTokens, TuneListener listener)
      throws IOException {
    listener.phase("opening the model");
    try (var model = request.open()) {
      return new Answers(request, model, listener).run(maxTokens);
    }
  }

  private Result run(int maxTokens) throws IOException {
    listener.phase("reading the rows");
    var prompts = prompts();
    int context = (int) Math.min(model.maxPositions(), (long) Prompt.longest(prompts) + maxTokens);
    listener.phase("answering");
    try (var workers = new Workers(request.threads())) {
      var generator =
          Generator.allocate(
              model.memory(),
              model.decoder(),
              model.adapterShape(),
              model.tokenizer(),
              context,
              workers);
      long started = System.nanoTime();
      var answers =
          new Answering(generator, maxTokens, model.stopIds())
              .all(prompts, done -> listener.progressed("row", done, prompts.size()));
      double seconds = (System.nanoTime() - started) / 1e9;
      return new Result(answers.stream().map(Answers::answer).toList(), seconds);
    }
  }

  private static Answer answer(Answered answered) {
    var question = answered.question();
    return new Answer(question.line(), answered.answer(), question.expected(), answered.isCut());
  }

  private List<Prompt> prompts() throws IOException {
    var rows = RowToAsk.read(request.data());
    var sorted = Prompt.render(rows, model.renderer(), model.maxPositions());
    if (!sorted.refused().isEmpty()) {
      var first = sorted.refused().getFirst();
      throw request.refusal(first.line(), first.why(), first.cure());
    }
    return sorted.prompts();
  }
}
