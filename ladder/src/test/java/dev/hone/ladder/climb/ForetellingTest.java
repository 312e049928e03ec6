package dev.hone.ladder.climb;

import static dev.hone.ladder.climb.TeaAndPots.SILENT;
import static dev.hone.ladder.climb.TeaAndPots.item;
import static dev.hone.ladder.climb.TeaAndPots.items;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.ladder.climb.RungReport.State;
import dev.hone.ladder.climb.Verdict.FactsChange;
import dev.hone.ladder.climb.Verdict.GoodEnough;
import dev.hone.ladder.climb.Verdict.NoiseCeiling;
import dev.hone.ladder.report.Advice;
import dev.hone.ladder.report.ReportJson;
import dev.hone.ladder.rung.CallLog;
import dev.hone.ladder.rung.Ceiling;
import dev.hone.ladder.rung.Materials;
import dev.hone.ladder.rung.NearestAnswer;
import dev.hone.ladder.rung.Prompted;
import dev.hone.ladder.rung.Reply;
import dev.hone.ladder.rung.Rung;
import dev.hone.ladder.rung.Solution;
import dev.hone.ladder.task.Item;
import dev.hone.ladder.task.Kind;
import dev.hone.ladder.task.Parts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class ForetellingTest {
  @TempDir private Path dir;

  /// Right on this share of the rows, by their line.
  private record Sure(double share, Map<String, Object> recipe) implements Solution {
    @Override
    public Reply answer(Item item) {
      boolean isRight = item.line() * 7 % 100 < 100 * share;
      return new Reply(isRight ? item.answer() : "wrong", 1, 1, false, 1);
    }
  }

  /// @param share right of the rows
  /// @param ceiling right of what bounds it
  private record Scripted(
      String name, double share, Optional<Double> ceiling, boolean isTrained, boolean looksUp)
      implements Rung {
    @Override
    public String description() {
      return name;
    }

    @Override
    public Solution build(Materials materials) {
      double rows = Math.min(1, materials.train().size() / 500.0);
      return new Sure(
          isTrained && ceiling.isEmpty() ? share * Math.sqrt(rows) : share,
          looksUp
              ? Map.of("kind", name, "index", "there")
              : Map.of("kind", name, "of", materials.train().size()));
    }

    @Override
    public Optional<Ceiling> ceiling(Materials materials) {
      return ceiling.map(most -> new Ceiling("an oracle", new Sure(most, Map.of("oracle", name))));
    }
  }

  private ClimbReport climb(
      List<Rung> rungs, OptionalDouble target, Set<String> growing, double stale, List<Item> items)
      throws IOException {
    var usual = TeaAndPots.settings(target, dir);
    var settings =
        new Climb.Settings(
            Kind.CLASSIFICATION,
            usual.metric(),
            usual.also(),
            target,
            0.05,
            growing,
            Optional.empty(),
            stale,
            1,
            1,
            dir);
    return Climb.run(rungs, Parts.of(items, 1), settings, SILENT);
  }

  @Test
  void whatCannotReachTheTargetIsNotMade() throws IOException {
    List<Rung> rungs =
        List.of(
            new Scripted("low", .5, Optional.empty(), false, false),
            new Scripted("bounded", .9, Optional.of(.3), false, false),
            new Scripted("free", .6, Optional.of(.9), false, false));
    var climb = climb(rungs, OptionalDouble.of(.95), Set.of(), 0, items(700));
    assertEquals(State.BOUNDED, climb.rung("bounded").state());
    assertTrue(climb.rung("bounded").rows().isEmpty());
    assertEquals(2, climb.forecasts().size());
    var json = JsonMapper.shared().valueToTree(new ReportJson(climb).values()).path("forecasts");
    assertFalse(json.get(0).has("measured"));
    assertTrue(json.get(1).path("holds").asBoolean());
    assertTrue(
        new Advice(climb).reasons().stream().anyMatch(text -> text.contains("was not made")));
  }

  @Test
  void aBoundThatIsPassedIsCalledWrong() throws IOException {
    List<Rung> rungs = List.of(new Scripted("better", .9, Optional.of(.3), false, false));
    var climb = climb(rungs, OptionalDouble.empty(), Set.of(), 0, items(700));
    var json = new ReportJson(climb).values().get("forecasts").toString();
    assertTrue(json.contains("so the forecast was wrong"), json);
  }

  @Test
  void aTrainingIsForetoldByItsGrowth() throws IOException {
    List<Rung> rungs = List.of(new Scripted("grown", .9, Optional.empty(), true, false));
    var climb = climb(rungs, OptionalDouble.empty(), Set.of("grown"), 0, items(700));
    var forecast = climb.forecasts().getFirst();
    double measured = climb.rung("grown").selection().orElseThrow().score().estimate();
    assertFalse(forecast.isBound());
    assertTrue(forecast.score().low() < forecast.score().high());
    assertEquals(measured, forecast.score().estimate(), 0.25);
    assertEquals(3, climb.growth().getFirst().measured().size());
  }

  @Test
  void rowsThatContradictOneAnotherEndItBeforeItBegins() throws IOException {
    var items = new ArrayList<Item>();
    for (int i = 0; i < 400; i++) {
      items.add(item(i, "the same question " + i / 2, i % 4 == 0 ? "leaf" : "clay"));
    }
    var model = new TeaAndPots.Scripted();
    var climb =
        climb(
            List.of(new NearestAnswer(), Prompted.zeroShot(model)),
            OptionalDouble.of(.9),
            Set.of(),
            0,
            items);
    var noise = assertInstanceOf(NoiseCeiling.class, climb.verdict());
    assertTrue(noise.ceiling().estimate() < .8 && noise.rows().contradicted() > 100);
    assertTrue(model.asked.isEmpty());
    var advice = new Advice(climb);
    assertTrue(advice.verdict().startsWith("The rows contradict one another"));
    assertTrue(advice.reasons().getFirst().contains("lines"));
  }

  @Test
  void factsThatChangeAreLookedUp() throws IOException {
    List<Rung> rungs =
        List.of(
            new Scripted("index", .6, Optional.empty(), false, true),
            new Scripted("tuned", .9, Optional.empty(), true, false));
    var climb = climb(rungs, OptionalDouble.empty(), Set.of(), .12, items(700));
    assertEquals(new FactsChange("tuned", .12, Optional.of("index")), climb.verdict());
    var advice = new Advice(climb);
    assertEquals(
        "Do not train these facts, they change too fast: look them up with index.",
        advice.verdict());
    assertEquals("index", advice.rung().orElseThrow().name());
    var calm = climb(rungs, OptionalDouble.empty(), Set.of(), .01, items(700));
    assertEquals("tuned", assertInstanceOf(GoodEnough.class, calm.verdict()).rung());
  }

  @Test
  void anErrorIsFormThenKnowledgeThenSkill() {
    var split =
        ErrorSplit.of(
            new double[] {1, 0, 0, 0}, new double[] {1, 1, 0, 0}, new double[] {1, 1, 1, 0});
    assertEquals(new ErrorSplit(4, .25, .25, .25, .25), split);
  }

  @Test
  void repeatsAreOtherCalls() {
    assertNotEquals(CallLog.key("recipe", "row", 0), CallLog.key("recipe", "row", 1));
  }
}
