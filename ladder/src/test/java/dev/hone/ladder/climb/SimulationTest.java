package dev.hone.ladder.climb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.ladder.climb.Verdict.FactsChange;
import dev.hone.ladder.climb.Verdict.GoodEnough;
import dev.hone.ladder.climb.Verdict.NoiseCeiling;
import dev.hone.ladder.climb.Verdict.NoneGoodEnough;
import dev.hone.ladder.climb.Verdict.NotEnoughData;
import dev.hone.ladder.metric.ExactMatch;
import dev.hone.ladder.metric.SlotF1;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Two thousand ladders of rungs whose accuracy is known.
class SimulationTest {
  private static final double MARGIN = 0.05;
  private static final int LADDERS = 2_000;

  /// Rungs that pass items by chance.
  ///
  /// @param calls of all ladders
  private record Outcome(Map<String, Integer> recommended, int undecided, long calls) {}

  /// @param accuracies cheapest first
  /// @param discordance the share of items on which two equal rungs differ
  private static Outcome run(double[] accuracies, double discordance, int rows, long seed)
      throws IOException {
    var random = new SplittableRandom(seed);
    var recommended = new LinkedHashMap<String, Integer>();
    int undecided = 0;
    long calls = 0;
    for (int ladder = 0; ladder < LADDERS; ladder++) {
      var selection = draw(accuracies, discordance, rows / 2, random);
      var test = draw(accuracies, discordance, rows / 2, random);
      var rungs = List.copyOf(selection.keySet());
      var race =
          Race.run(rungs, rows / 2, MARGIN, (rung, items) -> selection.get(rung).first(items));
      var verdict =
          new Decision(MARGIN).nearBest(race.survivors(), race.scores(), rows / 2, test::get);
      calls += race.calls() + (long) race.survivors().size() * (rows / 2);
      switch (verdict) {
        case GoodEnough good -> recommended.merge(good.rung(), 1, Integer::sum);
        case NotEnoughData any -> undecided++;
        case NoneGoodEnough any -> throw new AssertionError("no target was given");
        case NoiseCeiling any -> throw new AssertionError("nothing contradicts");
        case FactsChange any -> throw new AssertionError("nothing changes");
      }
    }
    return new Outcome(recommended, undecided, calls);
  }

  /// Each item has a difficulty that all rungs share; each rung adds noise of its own.
  private static Map<String, Scores> draw(
      double[] accuracies, double discordance, int items, SplittableRandom random) {
    var scores = new LinkedHashMap<String, double[]>();
    for (int rung = 0; rung < accuracies.length; rung++) {
      scores.put("rung " + (rung + 1), new double[items]);
    }
    for (int i = 0; i < items; i++) {
      double shared = random.nextDouble();
      for (int rung = 0; rung < accuracies.length; rung++) {
        double p = accuracies[rung];
        // With chance w a rung decides for itself: two equal rungs then differ on
        // (2w - w²) · 2p(1 - p) of the items.
        double own = 1 - Math.sqrt(Math.max(0, 1 - discordance / (2 * p * (1 - p))));
        double x = random.nextDouble() < own ? random.nextDouble() : shared;
        scores.get("rung " + (rung + 1))[i] = x < p ? 1 : 0;
      }
    }
    var result = new LinkedHashMap<String, Scores>();
    var groups = new ArrayList<String>();
    IntStream.range(0, items).forEach(i -> groups.add("" + i));
    scores.forEach((name, own) -> {
      var counts = new double[items][];
      for (int i = 0; i < items; i++) {
        counts[i] = new double[] {own[i], 1};
      }
      result.put(name, new Scores(new ExactMatch(), counts, own, groups));
    });
    return result;
  }

  /// Five rungs exactly at the limit, so that none may be recommended, and the best above them.
  @Test
  void whatIsNotGoodEnoughIsSeldomRecommended() throws IOException {
    var outcome = run(new double[] {.75, .75, .75, .75, .75, .80}, .20, 400, 1);
    int wrong =
        outcome.recommended().entrySet().stream()
            .filter(entry -> !entry.getKey().equals("rung 6"))
            .mapToInt(Map.Entry::getValue)
            .sum();
    System.out.println(
        "insufficient rungs recommended: " + (double) wrong / LADDERS + " " + outcome);
    assertTrue(wrong <= 0.065 * LADDERS, "share " + (double) wrong / LADDERS);
  }

  @Test
  void anEqualCheaperRungIsFound() throws IOException {
    var tenth = run(new double[] {.60, .85, .75, .85}, .10, 1_000, 2);
    System.out.println("equal rung, 10 %: " + tenth);
    assertTrue(tenth.recommended().get("rung 2") >= 0.90 * LADDERS, tenth.toString());
    var fifth = run(new double[] {.60, .80, .75, .80}, .20, 1_000, 3);
    System.out.println("equal rung, 20 %: " + fifth);
    assertTrue(fifth.recommended().get("rung 2") >= 0.70 * LADDERS, fifth.toString());
  }

  @Test
  void whatCannotWinIsNotAskedToTheEnd() throws IOException {
    var outcome = run(new double[] {.30, .50, .85, .60, .65, .85}, .10, 1_000, 4);
    double share = outcome.calls() / (6.0 * 1_000 * LADDERS);
    System.out.println("share of the grid's calls: " + share);
    assertTrue(share <= 0.55, "share " + share);
  }

  @Test
  void thirtyRowsAreNotEnough() throws IOException {
    var random = new SplittableRandom(5);
    var rows = draw(new double[] {.8, .8}, .2, 15, random);
    var verdict = new Decision(MARGIN).nearBest(List.copyOf(rows.keySet()), rows, 15, rows::get);
    var notEnough = assertInstanceOf(NotEnoughData.class, verdict);
    assertEquals(30, notEnough.have());
    double variance = rows.get("rung 1").varianceAgainst(rows.get("rung 2"));
    assertEquals(2 * 6.18 * variance / (MARGIN * MARGIN), notEnough.needed(), 3);
  }

  /// How one rung fares against a limit.
  ///
  /// @param share of the rows that were asked, on average
  private record Against(int confirmed, double share) {}

  private static Against against(double accuracy, double limit, int rows, int rungs, long seed)
      throws IOException {
    var random = new SplittableRandom(seed);
    var above = new AboveLimit(limit, rungs);
    int confirmed = 0;
    long asked = 0;
    for (int ladder = 0; ladder < LADDERS; ladder++) {
      var asking = new int[2];
      var selection = draw(new double[] {accuracy}, .2, rows / 2, random).get("rung 1");
      var test = draw(new double[] {accuracy}, .2, rows / 2, random).get("rung 1");
      boolean holds =
          above.holds(
              count -> selection.first(asking[0] = count),
              rows / 2,
              count -> test.first(asking[1] = count),
              rows / 2);
      confirmed += holds ? 1 : 0;
      asked += asking[0] + asking[1];
    }
    return new Against(confirmed, (double) asked / LADDERS / rows);
  }

  @Test
  void whatIsFarFromTheLimitIsSettledEarly() throws IOException {
    var below = against(.65, .80, 400, 1, 6);
    var above = against(.90, .80, 400, 1, 7);
    var amongSix = against(.90, .80, 400, 6, 8);
    System.out.println("15 points below: " + below + ", 10 above: " + above + ", " + amongSix);
    assertTrue(below.share() <= 0.30 && below.confirmed() == 0, below.toString());
    assertTrue(above.share() <= 0.60 && above.confirmed() >= 0.95 * LADDERS, above.toString());
    assertTrue(amongSix.share() <= 0.60, amongSix.toString());
  }

  @Test
  void whatLiesAtTheLimitSeldomPasses() throws IOException {
    var atLimit = against(.80, .80, 400, 1, 9);
    System.out.println("at the limit: " + atLimit);
    assertTrue(atLimit.confirmed() <= 0.065 * LADDERS, atLimit.toString());
  }

  /// A measure of whole sets has no spread where all is right: that is no certainty.
  @Test
  void allRightOnAFewRowsIsNoCertainty() {
    var metric = new SlotF1();
    for (int rows : List.of(25, 50, 400)) {
      var counts = new double[rows][];
      var ones = new double[rows];
      for (int i = 0; i < rows; i++) {
        counts[i] = new double[] {3, 0, 0};
        ones[i] = 1;
      }
      var groups = IntStream.range(0, rows).mapToObj(i -> "" + i).toList();
      var scores = new Scores(metric, counts, ones, groups);
      double low = scores.interval(0.05).low();
      assertEquals(rows / (rows + 3.8415), low, 1e-3);
      assertTrue(scores.above(scores, 0.05).low() < 0);
    }
  }
}
