package dev.hone.server.job;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;

/// The result file of a job: a line per step, with empty cells where nothing was measured.
final class ResultCsv {
  static final String NAME = "step_metrics.csv";
  private static final String HEADER =
      "step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy\n";
  private static final double DIGITS = 1e5;

  private ResultCsv() {}

  /// A step that was taken again after a kill gives one line.
  static byte[] of(Path report) throws IOException {
    var text = new StringBuilder(HEADER);
    for (var m : steps(report).values()) {
      text.append(m.step())
          .append(',')
          .append(rounded(m.loss()))
          .append(',')
          .append(rounded(m.accuracy()))
          .append(',')
          .append(rounded(m.validLoss()))
          .append(',')
          .append(rounded(m.validAccuracy()))
          .append('\n');
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static SortedMap<Long, ReportLine.Metrics> steps(Path report) throws IOException {
    var steps = new TreeMap<Long, ReportLine.Metrics>();
    var part = ReportReader.read(report, 0);
    while (!part.lines().isEmpty()) {
      for (var line : part.lines()) {
        if (line instanceof ReportLine.Step(var at, var metrics)) {
          steps.put(metrics.step(), metrics);
        }
      }
      part = ReportReader.read(report, part.end());
    }
    return steps;
  }

  private static String rounded(OptionalDouble value) {
    return value.isPresent() ? rounded(value.getAsDouble()) : "";
  }

  private static String rounded(double value) {
    return Double.toString(Math.round(value * DIGITS) / DIGITS);
  }
}
