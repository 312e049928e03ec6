package dev.hone.ladder.rung;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.ladder.metric.ExactMatch;
import dev.hone.ladder.metric.Metric;
import dev.hone.ladder.metric.Reference;
import dev.hone.ladder.task.Item;
import dev.hone.ladder.task.Items;
import dev.hone.ladder.task.Kind;
import dev.hone.model.adapter.LoraConfig;
import dev.hone.model.adapter.Targets;
import dev.hone.tune.data.Source;
import dev.hone.tune.run.Method;
import dev.hone.tune.run.TuneRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// On the tiny base that PEFT's golden files came with.
class TunedTest {
  private static final Path BASE = Path.of("../model/src/test/resources/golden/peft/base");

  @TempDir Path dir;

  /// Whatever is answered is half right.
  private static final class Half implements Metric {
    @Override
    public String name() {
      return "half";
    }

    @Override
    public boolean isPassFail() {
      return false;
    }

    @Override
    public double score(Reference reference, String answer) {
      return 0.5;
    }
  }

  private static Training training(int answerTokens) {
    var lora = new LoraConfig(16, 32, Targets.parse(Targets.ALL_LINEAR), 0, false);
    var usual = TuneRequest.Hyper.DEFAULT;
    var hyper =
        new TuneRequest.Hyper(
            OptionalDouble.of(3e-2),
            usual.epochs(),
            usual.batchSize(),
            usual.microBatchTokens(),
            usual.sharesPrefixes(),
            usual.schedule(),
            usual.warmupRatio(),
            usual.weightDecay(),
            usual.beta2(),
            usual.clipNorm(),
            usual.recompute(),
            OptionalInt.of(0),
            usual.patience(),
            usual.checkpointEvery(),
            usual.seed());
    return new Training(BASE, new Method.Lora(lora), hyper, OptionalInt.of(4), 2, answerTokens);
  }

  private Materials materials(Metric metric) throws IOException {
    var rows = new ArrayList<String>();
    for (int i = 0; i < 50; i++) {
      rows.add(
          "{\"prompt\": \"the %s %d\", \"completion\": \"%s\"}"
              .formatted(i % 2 == 0 ? "cat" : "rat", i, i % 2 == 0 ? "sat" : "ran"));
    }
    var file = Files.write(dir.resolve("rows.jsonl"), rows);
    List<Item> items = Items.read(new Source(file), Optional.empty());
    return new Materials(
        Kind.CLASSIFICATION,
        items.subList(0, 40),
        items.subList(40, 50),
        metric,
        dir.resolve("rung"),
        1,
        (what, done, total) -> {});
  }

  private static Map<String, Object> recipe(Tuned rung, Materials materials) throws IOException {
    try (var solution = rung.build(materials)) {
      assertFalse(solution.answer(materials.selection().getFirst()).text().isEmpty());
      return solution.recipe();
    }
  }

  @Test
  void longAnswersLeaveItToTheLoss() throws IOException {
    var recipe =
        recipe(new Tuned(training(65), List.of(), Optional.empty()), materials(new ExactMatch()));
    var training = (Map<?, ?>) recipe.get("training");
    assertEquals("held_out_loss", training.get("step_chosen_by"));
    assertFalse(training.containsKey("metric_after"));
  }

  @Test
  void theRankThatDoesBestIsChosen() throws IOException {
    var rung = new Tuned(training(16), List.of(8, 2), Optional.empty());
    var recipe = recipe(rung, materials(new ExactMatch()));
    var scores = (Map<?, ?>) recipe.get("scores_of_ranks");
    assertEquals(List.of("r2", "r8"), List.copyOf(scores.keySet()));
    var values = scores.values().stream().map(Double.class::cast).toList();
    var best = values.get(1) > values.get(0) ? "adapter-r8" : "adapter-r2";
    assertEquals(dir.resolve("rung").resolve(best).toString(), recipe.get("adapter"));
    var settings = (Map<?, ?>) ((Map<?, ?>) recipe.get("training")).get("settings");
    assertEquals(best, "adapter-r" + settings.get("rank"));
    assertEquals(2.0 * ((Number) settings.get("rank")).intValue(), settings.get("alpha"));
    assertTrue(Collections.max(values) > 0, "nothing was learned");
  }

  @Test
  void ofEqualRanksTheSmallerIsChosen() throws IOException {
    var recipe =
        recipe(new Tuned(training(16), List.of(4, 2), Optional.empty()), materials(new Half()));
    assertEquals(Map.of("r2", 0.5, "r4", 0.5), recipe.get("scores_of_ranks"));
    assertEquals(dir.resolve("rung/adapter-r2").toString(), recipe.get("adapter"));
  }

  /// Made again with the same, nothing is trained; by another metric it is.
  @Test
  void shortAnswersChooseTheStepByTheMetricThatIsAskedFor() throws IOException {
    var rung = new Tuned(training(16), List.of(), Optional.empty());
    var recipe = recipe(rung, materials(new ExactMatch()));
    assertEquals(dir.resolve("rung/adapter").toString(), recipe.get("adapter"));
    var training = (Map<?, ?>) recipe.get("training");
    assertEquals("exact", training.get("step_chosen_by"));
    assertTrue(training.containsKey("metric_after"));
    var summary = dir.resolve("rung/adapter/summary.json");
    var made = Files.getLastModifiedTime(summary);
    recipe(rung, materials(new ExactMatch()));
    assertEquals(made, Files.getLastModifiedTime(summary));
    var other = (Map<?, ?>) recipe(rung, materials(new Half())).get("training");
    assertEquals("half", other.get("step_chosen_by"));
  }
}
