import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// What the model is measured on afterwards: passage questions of held-out articles, and format
/// tasks whose rules are not among those of the training rows.
final class EvalSets {
  private static final int PASSAGE_ROWS = 500;
  private static final int ITEMS_PER_RULE = 125;
  private static final int MAX_PASSAGE_TOKENS = 330;
  private static final List<Integer> EXAMPLES = List.of(0, 1, 4);

  private final Draw draw;

  EvalSets(Draw draw) {
    this.draw = draw;
  }

  // --- passages ----------------------------------------------------------------------------------

  private record Asked(Squad.Article article, Squad.Paragraph paragraph, Squad.Question question) {}

  /// Files: the same questions with their paragraph and without; and the same paragraphs with a
  /// question of another article.
  void passages(List<Squad.Article> articles, Path directory) throws IOException {
    var with = new ArrayList<String>();
    var without = new ArrayList<String>();
    var unanswerable = new ArrayList<String>();
    for (var asked : chosen(articles)) {
      var metadata = PassageRows.metadata(asked.article(), asked.question());
      with.add(
          ask(asked.paragraph().text(), asked.question(), asked.question().answer(), metadata));
      without.add(
          new Chat()
              .user("Question: " + asked.question().text())
              .assistant(asked.question().answer())
              .row(metadata));
      unanswerable.add(foreign(articles, asked));
    }
    Files.write(directory.resolve("passage-with.jsonl"), with);
    Files.write(directory.resolve("passage-without.jsonl"), without);
    Files.write(directory.resolve("passage-unanswerable.jsonl"), unanswerable);
  }

  private List<Asked> chosen(List<Squad.Article> articles) {
    var all = new ArrayList<Asked>();
    for (var article : articles) {
      for (var paragraph : article.paragraphs()) {
        if (Chat.tokens(paragraph.text()) <= MAX_PASSAGE_TOKENS) {
          paragraph.questions().forEach(q -> all.add(new Asked(article, paragraph, q)));
        }
      }
    }
    return draw.shuffled(all).subList(0, PASSAGE_ROWS);
  }

  private static String ask(
      String passage, Squad.Question question, String answer, Map<String, Object> metadata) {
    var prompt = PassageForm.measured().of(passage, question.text());
    return new Chat().user(prompt).assistant(answer).row(metadata);
  }

  private String foreign(List<Squad.Article> articles, Asked asked) {
    var passage = asked.paragraph().text();
    while (true) {
      var article = draw.pick(articles);
      var question = draw.pick(article.questions());
      if (!article.equals(asked.article()) && !question.isAnsweredBy(passage)) {
        var metadata = PassageRows.metadata(article, question);
        metadata.put("answers", List.of(PassageRows.REFUSAL));
        return ask(passage, question, PassageRows.REFUSAL, metadata);
      }
    }
  }

  // --- formats -----------------------------------------------------------------------------------

  /// Files with the same items behind 0, 1 and 4 examples, without a word about the rule. Half of
  /// the items have their examples as turns, half as lines.
  void formats(Path directory) throws IOException {
    var files = new LinkedHashMap<Integer, List<String>>();
    EXAMPLES.forEach(k -> files.put(k, new ArrayList<>()));
    for (var rule : unseen()) {
      for (int i = 0; i < ITEMS_PER_RULE; i++) {
        var form = i % 2 == 0 ? FewShotForm.TURNS : FewShotForm.INPUT_OUTPUT;
        add(rule.get(), form, files);
      }
    }
    files.forEach(
        (k, rows) -> write(directory.resolve("format-%d-examples.jsonl".formatted(k)), rows));
  }

  private void add(Task task, FewShotForm form, Map<Integer, List<String>> files) {
    int most = EXAMPLES.getLast();
    var items = draw.different(most + 1, task.items());
    files.forEach((k, rows) -> {
      var metadata = new LinkedHashMap<String, Object>();
      metadata.put("rule", task.name());
      metadata.put("form", form == FewShotForm.TURNS ? "turns" : "lines");
      metadata.put("examples", k);
      metadata.put("answers", List.of(items.getLast().output()));
      rows.add(form.of("", task.isClosed(), items.subList(most - k, most + 1)).row(metadata));
    });
  }

  private static void write(Path file, List<String> rows) {
    try {
      Files.write(file, rows);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Rules that no training row follows.
  private List<Supplier<Task>> unseen() {
    return List.of(this::ends, this::withoutLast, this::keyAsTag, this::ageFirst);
  }

  private Task ends() {
    return Task.open(
        "first/last",
        "",
        () -> {
          var words = draw.words(3, 5);
          return new Task.Item(String.join(" ", words), words.getFirst() + "/" + words.getLast());
        });
  }

  private Task withoutLast() {
    return Task.open(
        "without last",
        "",
        () -> {
          var words = draw.words(3, 5);
          var left = words.subList(0, words.size() - 1);
          return new Task.Item(String.join(" ", words), String.join(" ", left));
        });
  }

  private Task keyAsTag() {
    return Task.open(
        "key as tag",
        "",
        () -> {
          var key = draw.of("field");
          var value = draw.word();
          return new Task.Item(
              "%s: %s".formatted(key, value), "<%s>%s</%s>".formatted(key, value, key));
        });
  }

  private Task ageFirst() {
    return Task.open(
        "age first",
        "",
        () -> {
          var name = draw.person();
          int age = draw.number(2, 99);
          return new Task.Item("%s, %d".formatted(name, age), "%d: %s".formatted(age, name));
        });
  }
}
