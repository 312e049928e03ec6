package dev.hone.ladder.rung;

import dev.hone.ladder.task.Item;
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
import dev.hone.tune.train.Evaluation;
import dev.hone.tune.train.StepReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/// The model with an adapter that was trained on the training rows, at the step with the least loss
/// on the selection rows.
///
/// @param base the checkpoint's directory
/// @param method what is trained, and how large
public record Tuned(
    Path base, Method method, TuneRequest.Hyper hyper, int threads, int answerTokens)
    implements Rung {
  @Override
  public String name() {
    return "tuned";
  }

  @Override
  public String description() {
    return "fine-tuned on the training rows (%s, %d epochs)"
        .formatted(method.label(), hyper.epochs());
  }

  @Override
  public Solution build(Materials materials) throws IOException {
    Files.createDirectories(materials.directory());
    var train = write(materials.directory().resolve("train.jsonl"), materials.train());
    var valid = write(materials.directory().resolve("selection.jsonl"), materials.selection());
    var out = materials.directory().resolve("adapter");
    var summary = readSummary(out);
    if (summary.isEmpty()) {
      var request =
          new TuneRequest(
              base,
              new Source(train),
              Optional.of(new Source(valid)),
              out,
              method,
              BaseDtype.FLOAT32,
              hyper,
              OptionalInt.empty(),
              false,
              threads,
              Files.exists(out),
              Optional.empty());
      TuneRun.run(request, new Shown(materials.progress()), () -> false);
      summary = readSummary(out);
    }
    var model = LocalModel.open(base, Optional.of(out), threads, answerTokens);
    return new Trained(model, summary.orElseThrow());
  }

  private static Path write(Path file, List<Item> items) throws IOException {
    AtomicFile.write(
        file, items.stream().map(Item::json).collect(Collectors.joining("\n", "", "\n")));
    return file;
  }

  private static Optional<Map<String, Object>> readSummary(Path out) throws IOException {
    var file = out.resolve("summary.json");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    var summary = new LinkedHashMap<String, Object>();
    JsonMapper.shared()
        .readTree(Files.readString(file))
        .forEachEntry((name, value) ->
            summary.put(name, JsonMapper.shared().convertValue(value, Object.class)));
    return Optional.of(summary);
  }

  private record Trained(LocalModel model, Map<String, Object> summary) implements Solution {
    @Override
    public Reply answer(Item item) {
      return model.reply(Prompts.of(item, Optional.empty(), List.of()));
    }

    @Override
    public Map<String, Object> recipe() {
      var recipe = new LinkedHashMap<String, Object>();
      recipe.put("kind", "tuned");
      recipe.putAll(model.recipe());
      recipe.put("training", summary);
      return recipe;
    }

    @Override
    public void close() {
      model.close();
    }
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
    public void evaluated(long step, Evaluation heldOut, boolean isBest) {}

    @Override
    public void profiled(Stopwatch times) {}
  }
}
