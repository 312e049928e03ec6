package dev.hone.ladder.rung;

import dev.hone.model.Sha256;
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
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.json.JsonMapper;

/// Trains an adapter for a rung, or finds the one that an earlier climb has trained; the step with
/// the least loss on the selection rows counts.
///
/// @param base the checkpoint's directory
/// @param method what is trained, and how large
public record Training(
    Path base, Method method, TuneRequest.Hyper hyper, int threads, int answerTokens) {

  /// An adapter, opened, and how its training went: `summary.json`.
  record Result(LocalModel model, Map<String, Object> summary) {}

  /// @param train rows as JSON
  /// @param selection rows as JSON, for the held-out loss
  Result run(List<String> train, List<String> selection, Materials materials) throws IOException {
    Files.createDirectories(materials.directory());
    var out = materials.directory().resolve("adapter");
    forgetOther(materials.directory(), out, train, selection);
    var trainFile = write(materials.directory().resolve("train.jsonl"), train);
    var selectionFile = write(materials.directory().resolve("selection.jsonl"), selection);
    if (!Files.exists(out.resolve("summary.json"))) {
      var request =
          new TuneRequest(
              base,
              new Source(trainFile),
              Optional.of(new Source(selectionFile)),
              out,
              method,
              BaseDtype.FLOAT32,
              hyper,
              OptionalInt.empty(),
              false,
              threads,
              Files.exists(out),
              Optional.empty(),
              Optional.empty());
      TuneRun.run(request, new Shown(materials.progress()), () -> false);
    }
    var model = LocalModel.open(base, Optional.of(out), threads, answerTokens);
    return new Result(model, summary(out));
  }

  /// Deletes an adapter that was trained on other rows, or otherwise.
  private void forgetOther(Path directory, Path out, List<String> train, List<String> selection)
      throws IOException {
    var made = base + "\n" + method + "\n" + hyper + "\n" + train + "\n" + selection;
    var digest = Sha256.of(made);
    var file = directory.resolve("made-from.sha256");
    if (Files.exists(out) && !(Files.exists(file) && Files.readString(file).equals(digest))) {
      try (var content = Files.walk(out)) {
        for (var one : content.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(one);
        }
      }
    }
    AtomicFile.write(file, digest);
  }

  private static Path write(Path file, List<String> rows) throws IOException {
    AtomicFile.write(file, String.join("\n", rows) + "\n");
    return file;
  }

  private static Map<String, Object> summary(Path out) throws IOException {
    var json = JsonMapper.shared();
    var summary = new LinkedHashMap<String, Object>();
    json.readTree(Files.readString(out.resolve("summary.json")))
        .forEachEntry((name, value) -> summary.put(name, json.convertValue(value, Object.class)));
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
