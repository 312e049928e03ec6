package dev.hone.cli;

import dev.hone.ladder.metric.Metric;
import dev.hone.ladder.metric.MetricScorer;
import dev.hone.ladder.task.Item;
import dev.hone.ladder.task.Items;
import dev.hone.ladder.task.Kind;
import dev.hone.model.UsageException;
import dev.hone.tune.data.Source;
import dev.hone.tune.run.TuneRequest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Whether `hone tune` lets the model answer held-out rows, and by what measure.
@Command(header = "Choosing the best step by answers:")
final class AnswerOptions {
  private static final String AUTO = "auto";
  private static final String OF_LABELS = "macro-f1";
  private static final int DEFAULT_ROWS = 100;

  @Option(
      names = "--metric",
      paramLabel = "NAME",
      description = {
        "At each evaluation the model answers held-out rows, and the step that does best is kept."
            + " NAME is "
            + MetricName.WORDS,
        "auto takes what suits the kind of task. Default: the step with the least held-out loss."
      })
  private Optional<String> metric = Optional.empty();

  @Option(
      names = "--metric-rows",
      paramLabel = "N",
      description = "With --metric: so many rows are answered, at most. Default: 100.")
  private Optional<Integer> rows = Optional.empty();

  /// The request with the metric that the options name. Reads the training rows where the metric
  /// depends on them; a program is started.
  TuneRequest complete(TuneRequest request) throws IOException {
    int most = Bounds.atLeast(1, "--metric-rows", rows.orElse(DEFAULT_ROWS));
    if (metric.isPresent()) {
      var scorer = new MetricScorer(metric(metric.get(), request.train()));
      return request.withMetric(new TuneRequest.Metric(scorer, most, OptionalInt.empty()));
    }
    if (rows.isPresent()) {
      throw new UsageException(
          "--metric-rows has no effect without --metric", "name one, or leave it out");
    }
    return request;
  }

  private static Metric metric(String word, Source train) throws IOException {
    if (word.equals(AUTO)) {
      return Kind.of(items(train), false).metric();
    }
    return new MetricName(word).open(word.equals(OF_LABELS) ? items(train) : List.of());
  }

  private static List<Item> items(Source train) throws IOException {
    return Items.read(train, Optional.empty());
  }
}
