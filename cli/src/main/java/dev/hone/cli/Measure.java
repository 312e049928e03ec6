package dev.hone.cli;

import dev.hone.ladder.climb.ClimbReport;
import dev.hone.ladder.metric.Metric;
import dev.hone.ladder.report.JudgeReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// What answers are measured by.
///
/// @param judge where that is a model
record Measure(Metric metric, Optional<OpenedJudge> judge) implements AutoCloseable {
  static Measure of(Metric metric) {
    return new Measure(metric, Optional.empty());
  }

  static Measure of(OpenedJudge judge) {
    return new Measure(judge.judge(), Optional.of(judge));
  }

  /// What the judge has said; empty where there is none.
  Optional<JudgeReport> judged(ClimbReport climb, Path out) throws IOException {
    if (judge.isEmpty()) {
      return Optional.empty();
    }
    judge.get().leavePairs(climb, out);
    return Optional.of(judge.get().report(climb));
  }

  @Override
  public void close() throws IOException {
    if (judge.isPresent()) {
      judge.get().close();
    }
  }
}
