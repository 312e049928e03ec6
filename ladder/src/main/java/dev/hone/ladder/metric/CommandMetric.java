package dev.hone.ladder.metric;

import dev.hone.model.UsageException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// A user's own measure, in any language: a program that is started once, reads a line of JSON for
/// each answer (`question`, `answers`, `answer`), and writes a line with its score, from 0 to 1.
public final class CommandMetric implements Metric {
  private final String command;
  private final BufferedReader scores;
  private final BufferedWriter answers;
  private final Map<String, Double> known = new HashMap<>();

  private CommandMetric(String command, Process process) {
    this.command = command;
    this.scores =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    this.answers =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
  }

  /// Starts the program through the shell; it ends with this process.
  public static CommandMetric start(String command) throws IOException {
    var process =
        new ProcessBuilder("sh", "-c", command)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    return new CommandMetric(command, process);
  }

  @Override
  public String name() {
    return "command:" + command;
  }

  @Override
  public boolean isPassFail() {
    return false;
  }

  @Override
  public double score(Reference reference, String answer) {
    return score(reference.source(), reference.answers(), answer);
  }

  /// The same where nothing need be known of the right answer.
  ///
  /// @param answers accepted ones, maybe none
  public double score(String question, List<String> answers, String answer) {
    var row = new LinkedHashMap<String, Object>();
    row.put("question", question);
    row.put("answers", answers);
    row.put("answer", answer);
    return known.computeIfAbsent(JsonMapper.shared().writeValueAsString(row), this::ask);
  }

  private double ask(String row) {
    String line;
    try {
      answers.write(row);
      answers.newLine();
      answers.flush();
      line = scores.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException("the metric's program has ended: " + command, e);
    }
    try {
      double score = Double.parseDouble(line == null ? "" : line.strip());
      if (score >= 0 && score <= 1) {
        return score;
      }
    } catch (NumberFormatException e) {
      throw refusal(line, e);
    }
    throw refusal(line, null);
  }

  private UsageException refusal(String line, Exception cause) {
    return new UsageException(
        "--metric %s: wrote '%s', not a score from 0 to 1".formatted(name(), line),
        "it reads a line for each answer, and writes and flushes a line with its score",
        cause);
  }
}
