package dev.hone.tune.eval;

import dev.hone.model.UsageException;
import dev.hone.model.generate.FinishReason;
import dev.hone.model.generate.Generator;
import dev.hone.model.generate.SamplingOptions;
import dev.hone.model.language.LanguageModel;
import dev.hone.model.text.Conversation;
import dev.hone.model.text.Message;
import dev.hone.tensor.Workers;
import dev.hone.tune.data.Line;
import dev.hone.tune.data.Row;
import dev.hone.tune.data.RowReader;
import dev.hone.tune.run.TuneListener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

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

  private record Question(long line, int[] prompt, List<String> expected) {}

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
    var questions = questions();
    int longest = questions.stream().mapToInt(question -> question.prompt.length).max().orElse(0);
    int context = (int) Math.min(model.maxPositions(), (long) longest + maxTokens);
    var options = SamplingOptions.greedy(maxTokens).withStopIds(model.stopIds());
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
      var answers = new ArrayList<Answer>();
      for (var question : questions) {
        generator.forget(); // so that an answer does not hang on the rows before
        var generated = generator.generate(question.prompt, options);
        boolean isCut = generated.finishReason() == FinishReason.LENGTH;
        answers.add(new Answer(question.line, generated.text(), question.expected, isCut));
        listener.progressed("row", answers.size(), questions.size());
      }
      return new Result(answers, (System.nanoTime() - started) / 1e9);
    }
  }

  private List<Question> questions() throws IOException {
    var questions = new ArrayList<Question>();
    try (var reader = RowReader.open(request.data())) {
      for (var line = reader.next(); line.isPresent(); line = reader.next()) {
        switch (line.get()) {
          case Line.Broken(var number, var problem) ->
              throw request.refusal(number, problem.text(), "hone data check shows all such rows");
          case Line.Valid valid -> questions.add(question(valid));
        }
      }
    }
    if (questions.isEmpty()) {
      throw new UsageException(request.data().file() + ": holds no row", "name another file");
    }
    return questions;
  }

  private Question question(Line.Valid line) {
    var conversation =
        switch (line.row()) {
          case Row.Chat(var said) -> said;
          case Row.Completion(var prompt, var completion) ->
              Conversation.ofPrompt(prompt, completion);
          case Row.Text any ->
              throw request.refusal(
                  line.number(), "is plain text, which asks nothing", "give rows to answer");
        };
    var messages = conversation.messages();
    var last = messages.getLast();
    if (!last.role().equals("assistant") || !last.toolCalls().isEmpty()) {
      throw request.refusal(
          line.number(), "does not end with an answer in words", "end it with the expected answer");
    }
    var asked = new Conversation(messages.subList(0, messages.size() - 1), conversation.tools());
    return new Question(line.number(), prompt(line.number(), asked), expected(line, last));
  }

  private int[] prompt(long number, Conversation asked) {
    var prompt = model.renderer().renderPrompt(asked);
    if (prompt.length >= model.maxPositions()) {
      throw request.refusal(
          number,
          "has %,d tokens before its answer, and the model takes %,d with it"
              .formatted(prompt.length, model.maxPositions()),
          "shorten it");
    }
    return prompt;
  }

  private static List<String> expected(Line.Valid line, Message last) {
    var listed = JsonMapper.shared().readTree(line.json()).path("metadata").path("answers");
    return listed.isArray() && !listed.isEmpty()
        ? listed.valueStream().map(JsonNode::asString).toList()
        : List.of(last.content());
  }
}
