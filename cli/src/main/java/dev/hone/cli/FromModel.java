package dev.hone.cli;

import dev.hone.base.Embedded;
import dev.hone.hosted.Budget;
import dev.hone.hosted.HostedName;
import dev.hone.hosted.StoppedException;
import dev.hone.ladder.cost.Money;
import dev.hone.ladder.distil.Distilled;
import dev.hone.ladder.distil.Distiller;
import dev.hone.ladder.distil.Rule;
import dev.hone.ladder.rung.CallLog;
import dev.hone.ladder.rung.ChatModel;
import dev.hone.ladder.rung.Form;
import dev.hone.ladder.rung.Formed;
import dev.hone.ladder.task.Item;
import dev.hone.ladder.task.Question;
import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.AtomicFile;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.checkpoint.HubSnapshot;
import dev.hone.tune.data.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Runs `hone data from-model`.
///
/// @param out for the rows; beside it stand all answers, and what they took
record FromModel(Shell shell, Wish wish, Path out, int threads, boolean isJson) {
  /// What is asked.
  ///
  /// @param atLeast what each metric must reach
  record Wish(
      ModelName base,
      Source data,
      List<String> metrics,
      double atLeast,
      Optional<Path> schema,
      int samples,
      boolean keepsAll,
      int maxTokens,
      Spending spending,
      Optional<Path> keyFile,
      int atOnce) {}

  void run() throws IOException {
    refuseOtherContent();
    var questions = Question.read(wish.data());
    var form = wish.schema().isPresent() ? Optional.of(schema()) : Optional.<Form.Json>empty();
    var rules = rules(questions, form);
    var budget = budget();
    Distilled distilled;
    try (var model = open(budget);
        var log = CallLog.open(beside(".calls"));
        var display = ProgressDisplay.on(shell)) {
      noteTerms();
      ChatModel held = form.isPresent() ? new Formed(model.chat(), form.get()) : model.chat();
      display.begin("asking " + name(), 0, questions.size());
      var settings = new Distiller.Settings(wish.samples(), wish.keepsAll(), rules, wish.atOnce());
      long begun = System.nanoTime();
      var distiller =
          new Distiller(
              held,
              settings,
              log,
              (asked, accepted) ->
                  display.show(progress(begun, asked, accepted, questions.size())));
      distilled = distiller.run(questions, name());
    }
    var rows = distilled.rows().stream().map(row -> row + "\n").collect(Collectors.joining());
    AtomicFile.write(out, rows);
    facts(distilled, budget).print(shell.out(), isJson);
    if (distilled.stop().isPresent()) {
      throw stopped(distilled.stop().get());
    }
  }

  private Path beside(String suffix) {
    return out.resolveSibling(out.getFileName() + suffix);
  }

  private void refuseOtherContent() throws IOException {
    if (!out.getFileName().toString().endsWith(".jsonl")) {
      throw new UsageException(
          out + ": rows are written as JSON lines", "name it so: --out rows.jsonl");
    }
    if (Files.exists(out) && !Files.exists(beside(".calls"))) {
      throw new UsageException(
          out + ": is there already, and not by this command", "name another --out");
    }
    var parent = out.toAbsolutePath().getParent();
    if (!Files.isDirectory(parent)) {
      throw new UsageException(parent + ": no such directory", "make it first");
    }
  }

  private Form.Json schema() throws IOException {
    return (Form.Json) Form.of(wish.schema().orElseThrow());
  }

  private List<Rule> rules(List<Question> questions, Optional<Form.Json> form) throws IOException {
    var rules = new ArrayList<Rule>();
    form.ifPresent(json -> rules.add(Rule.InSchema.of(json.schema())));
    var items = new ArrayList<Item>();
    for (var question : questions) {
      question
          .reference()
          .ifPresent(answers ->
              items.add(
                  new Item(
                      question.line(),
                      question.asked(),
                      question.text(),
                      answers,
                      "line " + question.line(),
                      question.row().toString())));
    }
    for (var name : wish.metrics()) {
      var metric = new MetricName(name).open(items);
      rules.add(new Rule.Measured(metric, wish.atLeast()));
    }
    return rules;
  }

  private Optional<HostedName> hosted() {
    return wish.base() instanceof ModelName.Hosted(var name) ? Optional.of(name) : Optional.empty();
  }

  /// As rows carry it.
  private String name() throws CheckpointException {
    return switch (wish.base()) {
      case ModelName.Hosted(var name) -> name.text();
      case ModelName.Local(var directory) ->
          directory.equals(Embedded.model()) ? Embedded.MODEL : HubSnapshot.nameOf(directory);
    };
  }

  private Optional<Budget> budget() throws IOException {
    return hosted().isPresent()
        ? Optional.of(wish.spending().open(beside(".spent"), hosted().get(), false))
        : Optional.empty();
  }

  private OpenedModel open(Optional<Budget> budget) throws IOException {
    return switch (wish.base()) {
      case ModelName.Hosted(var name) ->
          OpenedModel.hosted(name, wish.keyFile(), budget.orElseThrow(), wish.maxTokens());
      case ModelName.Local(var directory) ->
          OpenedModel.local(directory, threads, wish.maxTokens());
    };
  }

  private void noteTerms() {
    hosted()
        .filter(name -> !name.isLocal())
        .ifPresent(name ->
            shell
                .err()
                .println(
                    "before you train on what %s writes, see whether its provider's terms allow it"
                        .formatted(name.text())));
  }

  private static Progress progress(long begun, int asked, int accepted, int total) {
    double seconds = (System.nanoTime() - begun) / 1e9;
    double left = seconds * (total - asked) / asked;
    return new Progress("row", asked, total, Numbers.count(accepted) + " accepted", left);
  }

  private Facts facts(Distilled distilled, Optional<Budget> budget) throws IOException {
    var facts =
        new Facts()
            .add("model", "model", name())
            .count("questions", "questions", distilled.questions())
            .count("asked", "asked", distilled.asked())
            .count("answers_now", "answers asked for now", distilled.fresh())
            .count("accepted", "rows", distilled.rows().size());
    if (distilled.unchecked() > 0) {
      facts.count("unchecked", "of them held against nothing", distilled.unchecked());
    }
    facts.jsonOnly("refused", distilled.refused());
    distilled
        .refused()
        .forEach((why, count) -> facts.shownOnly("refused: " + why, Numbers.count(count)));
    facts.count("prompt_tokens", "tokens read", distilled.promptTokens());
    facts.count("answer_tokens", "tokens written", distilled.answerTokens());
    budget.ifPresent(spent -> {
      var usd = spent.spentUsd();
      var money = usd.isPresent() ? Money.of(usd.getAsDouble()).words() : "unknown";
      facts.add("usd", "cost so far", usd.isPresent() ? usd.getAsDouble() : "unknown", money);
    });
    return facts.add("out", "written to", out.toString());
  }

  /// The rows so far are written; the same command goes on.
  private static RuntimeException stopped(RuntimeException why) {
    return why instanceof StoppedException stop
        ? new UsageException(stop.getMessage(), stop.hint(), stop)
        : why;
  }
}
