package dev.hone.cli;

import dev.hone.base.Embedded;
import dev.hone.model.text.Conversation;
import dev.hone.model.text.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/// Runs one `hone demo`: the commands that a user would type, on the embedded model and data, and
/// between them the model's answers.
final class Demo {
  private static final int QUESTIONS = 4;
  private static final int POSITIONS = 512;
  private static final int ANSWER_TOKENS = 80;

  /// Questions whose answers stand in the policies alone, and one that nothing answers.
  private static final List<String> FACTS =
      List.of(
          "How many days do I have to send tea back?",
          "How much does a return label cost?",
          "Who reads complaints?",
          "Who won the football match?");

  private final Shell shell;
  private final Path data;
  private final Path train;
  private final Path valid;
  private final Path policies;
  private final Path run;
  private final Path index;
  private final Path reports;
  private final int threads;

  Demo(Shell shell, Path out, int threads) {
    this.shell = shell;
    this.data = out.resolve("data");
    this.train = data.resolve("train.jsonl");
    this.valid = data.resolve("valid.jsonl");
    this.policies = data.resolve("policies");
    this.run = out.resolve("run");
    this.index = out.resolve("index");
    this.reports = out.resolve("reports");
    this.threads = threads;
  }

  /// @return the exit code
  int run() throws IOException {
    Embedded.writeDemo(data);
    say(
        "Kettle & Crane is a small shop for tea. Its answers to customers are in %s,"
            .formatted(data),
        "with some that are held out. Can the embedded model learn to write as the shop does?",
        "",
        "1. Check the data.");
    var rows = heldOut();
    int code = command("data", "check", train, "--valid", valid, "--base", Embedded.MODEL);
    if (code != ErrorReport.FINE) {
      return code;
    }
    say("", "2. Ask the model as it is. Its answers are shown below.");
    var before = answers(rows, Optional.empty());
    say("", "3. Fine-tune it: an adapter (LoRA) beside the model, which stays as it is.");
    code = tune();
    if (code != ErrorReport.FINE) {
      return code;
    }
    say("", "4. Ask again: questions that it was not trained on.");
    show(rows, before, answers(rows, Optional.of(run)));
    say(
        "",
        "The manner is learned. Facts that stand in no training row are not, and never will be by",
        "tuning alone.",
        "",
        "5. The facts stand in %s. Read those into an index, and answer from it."
            .formatted(policies));
    code = facts();
    if (code != ErrorReport.FINE) {
      return code;
    }
    say(
        "",
        "6. Was any of that needed? Climb the ladder, cheapest rung first, on four tasks of the"
            + " shop.",
        "This takes some minutes.");
    code = ladder();
    if (code != ErrorReport.FINE) {
      return code;
    }
    next();
    return ErrorReport.FINE;
  }

  /// A task of the shop.
  ///
  /// @param options of `hone advise` beside those that all have
  private record Task(String name, String what, List<Object> options) {}

  private List<Task> tasks() {
    var tasks = data.resolve("tasks");
    return List.of(
        new Task(
            "canned",
            "Twelve standard answers: which one fits?",
            List.of("--data", tasks.resolve("canned.jsonl"))),
        new Task(
            "orders",
            "Orders in words: the same as JSON.",
            List.of("--data", tasks.resolve("orders.jsonl"))),
        new Task(
            "voice", "Answers in the shop's voice.", List.of("--data", train, "--metric", "chrf")),
        new Task(
            "facts",
            "Questions of fact, whose answers stand in the policies.",
            List.of(
                "--data",
                tasks.resolve("facts-train.jsonl"),
                "--valid",
                tasks.resolve("facts-valid.jsonl"),
                "--docs",
                policies)));
  }

  private int ladder() throws IOException {
    var words = new ArrayList<String>();
    for (var task : tasks()) {
      say("", task.what());
      var report = reports.resolve(task.name());
      var command = new ArrayList<Object>(List.of("advise"));
      command.addAll(task.options());
      command.addAll(List.of("--out", report, "--threads", threads));
      int code = command(command.toArray());
      if (code == ErrorReport.FAILED || code == ErrorReport.BAD_INPUT) {
        return code;
      }
      var json = JsonMapper.shared().readTree(Files.readString(report.resolve("report.json")));
      words.add("%-7s %s".formatted(task.name(), json.get("words").asString()));
    }
    say("", "The verdicts:");
    words.forEach(this::say);
    say("", "Each has a page to look at: %s".formatted(reports.resolve("*/report.html")));
    return ErrorReport.FINE;
  }

  /// What only the policies tell: the model's answers without them, and from them.
  private int facts() throws IOException {
    int code = command("index", policies, "--out", index, "--threads", threads);
    if (code != ErrorReport.FINE) {
      return code;
    }
    var rows = FACTS.stream().map(question -> new Row(question, "")).toList();
    var without = answers(rows, Optional.empty());
    for (int i = 0; i < rows.size(); i++) {
      say("", "without the documents: " + oneLine(without.get(i)));
      command("ask", "--index", index, FACTS.get(i));
    }
    return ErrorReport.FINE;
  }

  private int tune() {
    return command(
        "tune",
        "--base",
        Embedded.MODEL,
        "--data",
        train,
        "--valid",
        valid,
        "--out",
        run,
        "--threads",
        threads);
  }

  /// A row that was held out.
  private record Row(String question, String answer) {}

  private List<Row> heldOut() throws IOException {
    try (var lines = Files.lines(valid)) {
      return lines.limit(QUESTIONS).map(Demo::row).toList();
    }
  }

  private static Row row(String line) {
    var messages = JsonMapper.shared().readTree(line).get("messages");
    return new Row(
        messages.get(0).get("content").asString(), messages.get(1).get("content").asString());
  }

  private List<String> answers(List<Row> rows, Optional<Path> adapter) throws IOException {
    var answers = new ArrayList<String>();
    try (var speaker =
        ModelSpeaker.open(
            Embedded.model(),
            adapter,
            Optional.empty(),
            POSITIONS,
            SamplingFlags.ofMaxTokens(ANSWER_TOKENS),
            threads)) {
      for (var row : rows) {
        var conversation = new Conversation(List.of(Message.user(row.question())));
        answers.add(speaker.answer(conversation, text -> {}, () -> false).text());
      }
    }
    return answers;
  }

  private void show(List<Row> rows, List<String> before, List<String> after) {
    for (int i = 0; i < rows.size(); i++) {
      var row = rows.get(i);
      say(
          "",
          "question  " + row.question(),
          "before    " + oneLine(before.get(i)),
          "after     " + oneLine(after.get(i)),
          "the shop  " + row.answer());
    }
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s+", " ");
  }

  private void next() {
    say(
        "",
        "To talk to it:",
        "  "
            + ShellQuotes.join(
                List.of("hone", "chat", "--base", Embedded.MODEL, "--adapter", "" + run)),
        "With rows and documents of your own (docs/data-format.md, docs/retrieval.md):",
        "  hone tune --base hone --data your.jsonl --out runs/first",
        "  hone index your-documents --out your.index",
        "  hone advise --data your.jsonl --docs your-documents --out report");
  }

  /// Shows a command and runs it.
  private int command(Object... words) {
    var typed = Arrays.stream(words).map(Object::toString).toList();
    say("$ hone " + ShellQuotes.join(typed));
    return Main.run(shell, typed.toArray(String[]::new));
  }

  private void say(String... lines) {
    for (var line : lines) {
      shell.out().println(line);
    }
    shell.out().flush();
  }
}
