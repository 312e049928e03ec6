package dev.hone.cli;

import dev.hone.ladder.judge.Judge;
import dev.hone.ladder.metric.ClassMetric;
import dev.hone.ladder.metric.CommandMetric;
import dev.hone.ladder.metric.Metric;
import dev.hone.ladder.metric.Similarity;
import dev.hone.ladder.task.Item;
import dev.hone.ladder.task.Kind;
import dev.hone.model.UsageException;
import dev.hone.rag.embed.OnnxEmbedder;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// What `--metric` names: a measure of answers, or a program that measures them.
record MetricName(String word) {
  /// What `--help` says of it.
  static final String WORDS =
      "exact, f1, macro-f1, slot-f1, same-object, json, tool-calls, refusal, sari, chrf, bleu,"
          + " rouge-l or similarity; or java:JAR:CLASS, a Metric of yours; or command:PROGRAM,"
          + " which reads a line {\"question\", \"answers\", \"answer\"} for each answer and writes"
          + " a line with its score, 0 to 1.";

  /// What `--help` says of what one command alone takes.
  static final String JUDGE_WORDS =
      " judge:MODEL lets a model, named as --base names one, hold each answer against the row's"
          + " own: 1 better, 0.5 a tie, 0 worse.";

  private static final String COMMAND = "command:";
  private static final String JAVA = "java:";
  private static final int ANSWERS = 500;

  /// The model that judges, where one shall.
  Optional<String> judge() {
    return word.startsWith(Judge.NAME)
        ? Optional.of(word.substring(Judge.NAME.length()))
        : Optional.empty();
  }

  /// The measure; a program is started.
  ///
  /// @param items of the task: macro-F1 takes their labels
  /// @throws UsageException when nothing has that name
  Metric open(List<Item> items) throws IOException {
    if (judge().isPresent()) {
      throw new UsageException(
          "--metric %s: a judge is asked by hone advise alone".formatted(word),
          "name another measure");
    }
    if (word.startsWith(COMMAND)) {
      return CommandMetric.start(word.substring(COMMAND.length()));
    }
    if (word.startsWith(JAVA)) {
      return ClassMetric.load(word.substring(JAVA.length()));
    }
    if (word.equals("similarity")) {
      var answers = items.stream().limit(ANSWERS).map(Item::answer).toList();
      return new Similarity(OnnxEmbedder.open(1), answers); // open as long as the process
    }
    try {
      return Kind.metric(word, items);
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          "--metric %s is none that Hone knows".formatted(word),
          "exact, f1, macro-f1, slot-f1, same-object, json, tool-calls, refusal, sari, chrf, bleu,"
              + " rouge-l, similarity, java:JAR:CLASS and command:PROGRAM are",
          e);
    }
  }
}
