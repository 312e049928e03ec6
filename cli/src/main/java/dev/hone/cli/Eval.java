package dev.hone.cli;

import dev.hone.model.checkpoint.AtomicFile;
import dev.hone.tune.eval.Answers;
import dev.hone.tune.eval.EvalRequest;
import dev.hone.tune.eval.EvalResult;
import dev.hone.tune.eval.EvalRun;
import dev.hone.tune.eval.MinimalPairs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/// Runs one `hone eval`, by one metric or another, and prints its result.
final class Eval {
  private final Shell shell;
  private final EvalRequest request;
  private final boolean isJson;

  Eval(Shell shell, EvalRequest request, boolean isJson) {
    this.shell = shell;
    this.request = request;
    this.isJson = isJson;
  }

  /// Held-out loss and what follows from it.
  void loss() throws IOException {
    try (var progress = TuneProgress.on(shell)) {
      print(facts(EvalRun.run(request, progress)));
    }
  }

  /// The share of pairs whose good sentence is likelier.
  void minimalPairs() throws IOException {
    MinimalPairs.Result result;
    try (var progress = TuneProgress.on(shell)) {
      result = MinimalPairs.run(request, progress);
    }
    var byUid = new LinkedHashMap<String, Double>();
    result.byUid().forEach((uid, score) -> byUid.put(uid, score.accuracy()));
    var facts =
        new Facts()
            .add(
                "accuracy",
                "accuracy",
                result.all().accuracy(),
                Numbers.percent(result.all().accuracy()))
            .count("pairs", "pairs", result.all().pairs())
            .add("seconds", "time", result.seconds(), Numbers.duration(result.seconds()))
            .jsonOnly("accuracy_by_uid", byUid);
    if (!byUid.isEmpty()) {
      facts.section("accuracy by UID");
      byUid.forEach((uid, accuracy) -> facts.shownOnly(uid, Numbers.percent(accuracy)));
    }
    print(facts);
  }

  /// How many answers are the expected ones.
  ///
  /// @param file where they go
  void answers(int maxTokens, Optional<Path> file) throws IOException {
    Answers.Result result;
    try (var progress = TuneProgress.on(shell)) {
      result = Answers.run(request, maxTokens, progress);
    }
    if (file.isPresent()) {
      AtomicFile.write(file.get(), jsonLines(result.answers()));
    }
    print(
        new Facts()
            .add(
                "exact_match",
                "exact match",
                result.exactMatch(),
                Numbers.percent(result.exactMatch()))
            .add("f1", "F1", result.f1(), Numbers.percent(result.f1()))
            .count("rows", "rows", result.answers().size())
            .count("cut", "cut by --max-tokens", result.cut())
            .add("seconds", "time", result.seconds(), Numbers.duration(result.seconds())));
  }

  private static String jsonLines(List<Answers.Answer> answers) {
    var text = new StringBuilder();
    for (var answer : answers) {
      var line = new LinkedHashMap<String, Object>();
      line.put("line", answer.line());
      line.put("answer", answer.answer());
      line.put("expected", answer.expected());
      line.put("exact_match", answer.isExact());
      line.put("f1", answer.f1());
      text.append(JsonMapper.shared().writeValueAsString(line)).append('\n');
    }
    return text.toString();
  }

  private void print(Facts facts) {
    facts.print(shell.out(), isJson);
  }

  static Facts facts(EvalResult result) {
    var e = result.evaluation();
    return new Facts()
        .add("held_out_loss", "held-out loss", e.loss(), Numbers.loss(e.loss()) + " nats per token")
        .add("perplexity", "perplexity", e.perplexity(), Numbers.perplexity(e.perplexity()))
        .add("bits_per_byte", "bits per byte", e.bitsPerByte(), Numbers.loss(e.bitsPerByte()))
        .add(
            "token_accuracy",
            "token accuracy",
            e.tokenAccuracy(),
            Numbers.percent(e.tokenAccuracy()))
        .count("rows", "rows", result.rows())
        .count("tokens", "tokens", result.tokens())
        .count("scored_tokens", "of these scored", e.tokens())
        .add("seconds", "time", result.seconds(), Numbers.duration(result.seconds()));
  }
}
