package dev.hone.ladder.rung;

import dev.hone.ladder.metric.MetricScorer;
import dev.hone.ladder.task.Kind;
import dev.hone.model.Sha256;
import dev.hone.model.adapter.LoraConfig;
import dev.hone.model.checkpoint.AtomicDirectory;
import dev.hone.model.checkpoint.AtomicFile;
import dev.hone.model.decoder.BaseDtype;
import dev.hone.tensor.Stopwatch;
import dev.hone.tune.data.GateReport;
import dev.hone.tune.data.Source;
import dev.hone.tune.run.Method;
import dev.hone.tune.run.Plan;
import dev.hone.tune.run.TuneListener;
import dev.hone.tune.run.TuneRequest;
import dev.hone.tune.run.TuneRun;
import dev.hone.tune.train.Measured;
import dev.hone.tune.train.StepReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.json.JsonMapper;

/// Trains an adapter for a rung, or finds the one that an earlier climb has trained. What does best
/// on the selection rows says which step counts: a metric of the answers to some of them, or their
/// loss.
///
/// @param base the checkpoint's directory
/// @param method what is trained, and how large
/// @param usual hyper-parameters, but for the epochs
/// @param epochs times through the rows; where empty, few rows are gone through more often
/// @param answerTokens the most tokens of an answer
public record Training(
    Path base,
    Method method,
    TuneRequest.Hyper usual,
    OptionalInt epochs,
    int threads,
    int answerTokens) {
  private static final int ROWS_IN_ALL = 3_000;
  private static final int LEAST_EPOCHS = 3;
  private static final int MOST_EPOCHS = 20;

  /// Selection rows that are answered at each evaluation, at most.
  private static final int ASKED_ROWS = 40;

  /// Longer answers take too long to be written at each evaluation.
  private static final int SHORT_ANSWER = 64;

  /// An adapter, opened, and how its training went: `summary.json`, and by what the step was
  /// chosen.
  record Result(LocalModel model, Map<String, Object> summary) {}

  /// What an adapter is made of.
  ///
  /// @param directory where it goes
  /// @param train rows as JSON
  /// @param selection rows as JSON
  /// @param metric that chooses the step; where empty, the loss on the selection rows does
  record Order(
      Path directory,
      List<String> train,
      List<String> selection,
      Optional<TuneRequest.Metric> metric) {
    /// In words, all that the adapter depends on beside the training's settings.
    String words() {
      var by = metric.map(m -> "\n" + m.scorer().name() + " of " + m.rows()).orElse("");
      return train + "\n" + selection + by;
    }
  }

  /// The same with an adapter of another rank, its scale unchanged.
  Training withRank(int rank) {
    return switch (method) {
      case Method.Lora(var lora, double plusRatio, var start) -> {
        double alpha = lora.alpha() / lora.rank() * rank;
        var other = new LoraConfig(rank, alpha, lora.targets(), lora.dropout(), lora.useRslora());
        yield new Training(
            base, new Method.Lora(other, plusRatio, start), usual, epochs, threads, answerTokens);
      }
      case Method.Full any -> throw new IllegalStateException("full training has no rank");
    };
  }

  /// For so many rows.
  private TuneRequest.Hyper hyper(int rows) {
    int byRows = Math.clamp(ROWS_IN_ALL / Math.max(1, rows), LEAST_EPOCHS, MOST_EPOCHS);
    return usual.withEpochs(epochs.orElse(byRows));
  }

  /// In words.
  String epochsInWords() {
    return epochs.isPresent()
        ? "at most %d epochs".formatted(epochs.getAsInt())
        : "%d to %d epochs, by their number".formatted(LEAST_EPOCHS, MOST_EPOCHS);
  }

  /// The rungs' own metric, where answers are short and in words, and it costs nothing.
  Optional<TuneRequest.Metric> metric(Materials materials) {
    boolean isCheap =
        answerTokens <= SHORT_ANSWER
            && materials.kind() != Kind.TOOL_CALLS
            && materials.metric().isCheap();
    return isCheap
        ? Optional.of(
            new TuneRequest.Metric(
                new MetricScorer(materials.metric()), ASKED_ROWS, OptionalInt.of(answerTokens)))
        : Optional.empty();
  }

  Result run(Order order, Materials.Progress progress) throws IOException {
    var out = order.directory();
    Files.createDirectories(out.getParent());
    forgetOther(order);
    var rows = out.resolveSibling("train.jsonl");
    var selection = out.resolveSibling("selection.jsonl");
    write(rows, order.train());
    write(selection, order.selection());
    if (!Files.exists(out.resolve("summary.json"))) {
      var request =
          new TuneRequest(
              base,
              new Source(rows),
              Optional.of(new Source(selection)),
              out,
              method,
              BaseDtype.of(base),
              hyper(order.train().size()),
              OptionalInt.empty(),
              false,
              threads,
              Files.exists(out),
              Optional.empty(),
              order.metric());
      TuneRun.run(request, new Shown(progress), () -> false);
    }
    var model = LocalModel.open(base, Optional.of(out), threads, answerTokens);
    return new Result(model, summary(out));
  }

  /// Deletes an adapter that was trained on other rows, or otherwise.
  private void forgetOther(Order order) throws IOException {
    var out = order.directory();
    var settings = hyper(order.train().size());
    var digest = Sha256.of(base + "\n" + method + "\n" + settings + "\n" + order.words());
    var file = out.resolveSibling(out.getFileName() + ".sha256");
    if (Files.exists(out) && !(Files.exists(file) && Files.readString(file).equals(digest))) {
      AtomicDirectory.deleteTree(out);
    }
    AtomicFile.write(file, digest);
  }

  private static void write(Path file, List<String> rows) throws IOException {
    AtomicFile.write(file, String.join("\n", rows) + "\n");
  }

  private static Map<String, Object> summary(Path out) throws IOException {
    var json = JsonMapper.shared();
    var summary = new LinkedHashMap<String, Object>();
    json.readTree(Files.readString(out.resolve("summary.json")))
        .forEachEntry((name, value) -> summary.put(name, json.convertValue(value, Object.class)));
    summary.put("step_chosen_by", summary.getOrDefault("metric", "held_out_loss"));
    return summary;
  }

  /// Shows a training run as the building of a rung.
  private static final class Shown implements TuneListener {
    private final Materials.Progress progress;

    Shown(Materials.Progress progress) {
      this.progress = progress;
    }

    @Override
    public void phase(String name) {
      progress.at(name, 0, 0);
    }

    @Override
    public void note(String text) {
      progress.at(text, 0, 0);
    }

    @Override
    public void checked(GateReport report) {}

    @Override
    public void planned(Plan plan) {}

    @Override
    public void stepped(StepReport report) {
      progress.at("training", report.step(), report.totalSteps());
    }

    @Override
    public void evaluated(long step, Measured heldOut, boolean isBest) {}

    @Override
    public void profiled(Stopwatch times) {}
  }
}
