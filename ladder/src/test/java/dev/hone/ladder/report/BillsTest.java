package dev.hone.ladder.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.ladder.climb.ClimbReport;
import dev.hone.ladder.climb.RungReport;
import dev.hone.ladder.climb.RungReport.Latency;
import dev.hone.ladder.climb.RungReport.Measured;
import dev.hone.ladder.climb.RungReport.State;
import dev.hone.ladder.climb.Verdict.GoodEnough;
import dev.hone.ladder.cost.BreakEven;
import dev.hone.ladder.cost.Costs;
import dev.hone.ladder.cost.Machine;
import dev.hone.ladder.cost.Money;
import dev.hone.ladder.cost.PriceBook;
import dev.hone.ladder.cost.Unit;
import dev.hone.ladder.cost.Way;
import dev.hone.ladder.statistics.Interval;
import dev.hone.ladder.task.Contradictions;
import dev.hone.ladder.task.Kind;
import dev.hone.ladder.task.Parts;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class BillsTest {
  private static final PriceBook BOOK = PriceBook.open(LocalDate.of(2026, 11, 22));
  private static final double HOURS = 730;

  private static final RungReport NEAREST = rung("nearest-answer", .5, 0, 0, Map.of());
  private static final RungReport SHOTS = rung("few-shot", .8, 2_000, 10, Map.of());
  private static final RungReport TUNED =
      rung("tuned", .9, 200, 10, Map.of("training", Map.of("wall_seconds", 1_800.0)));
  private static final RungReport LEFT_OUT =
      new RungReport(
          "retrieval",
          "retrieval",
          State.NOT_NEEDED,
          "",
          Optional.empty(),
          Optional.empty(),
          Map.of(),
          new Latency(0, 0),
          0,
          0,
          0,
          0,
          Map.of(),
          List.of());

  /// An answer takes half a second.
  private static RungReport rung(
      String name, double score, double prompt, double answer, Map<String, Object> recipe) {
    var all = new HashMap<String, Object>(recipe);
    all.put("kind", name);
    return new RungReport(
        name,
        name,
        State.MEASURED,
        "",
        Optional.of(new Measured(100, new Interval(score, score - .05, score + .05))),
        Optional.empty(),
        Map.of(),
        new Latency(500, 600),
        prompt,
        answer,
        0,
        0,
        all,
        List.of());
  }

  private static ClimbReport climb(RungReport... rungs) {
    return new ClimbReport(
        Kind.CLASSIFICATION,
        "exact",
        OptionalDouble.empty(),
        .05,
        1,
        new Parts(List.of(), List.of(), List.of(), List.of(), Contradictions.of(List.of())),
        List.of(rungs),
        new GoodEnough(rungs[0].name(), rungs[0].name(), new Interval(0, 0, 0)),
        List.of(),
        List.of(),
        Optional.empty(),
        0,
        0,
        0);
  }

  private static Costs costs(double perDay, double usdPerHour, double trainings) {
    return new Costs(
        BOOK,
        OptionalDouble.of(perDay),
        BOOK.find("openai/gpt-6-luna", kind -> true),
        Machine.own(Money.of(usdPerHour)),
        trainings);
  }

  private static Bills here(Costs costs, RungReport... rungs) {
    return new Bills(climb(rungs), costs, new Bills.Asked.Here(), OptionalDouble.empty());
  }

  private static double month(Bills bills, RungReport rung) {
    return month(bills, bills.way(rung).orElseThrow());
  }

  private static double month(Bills bills, Way way) {
    return way.running().month(bills.traffic()).usd().orElseThrow();
  }

  @Test
  void theMachineIsPaidByItsMeasuredTimes() {
    var bills = here(costs(1_000, .2, 2), NEAREST, SHOTS, TUNED, LEFT_OUT);
    assertEquals(0, month(bills, NEAREST));
    assertEquals(.2 * HOURS, month(bills, SHOTS), 1e-9);
    assertEquals(.2 * HOURS + 2 * .1, month(bills, TUNED), 1e-9);
    assertEquals(.1, bills.way(TUNED).orElseThrow().once().usd().orElseThrow(), 1e-9);
    assertTrue(bills.way(LEFT_OUT).isEmpty());
    assertEquals(3, bills.ways().size());
    var busy = here(costs(200_000, .2, 0), SHOTS); // 2 a second, 70 % of the time: 120,960 a day
    assertEquals(2 * .2 * HOURS, month(busy, SHOTS), 1e-9);
  }

  @Test
  void aTrainingsMoneyOnAMachineIsItsTimeAsForetoldAndAsMeasured() {
    var training = Map.of("estimated_wall_seconds", 1_620.0, "wall_seconds", 1_800.0);
    var tuned = rung("tuned", .9, 200, 10, Map.of("training", training));
    var all = here(costs(1_000, .2, 0), SHOTS, tuned).trainings();
    assertEquals(1, all.size());
    assertEquals(.09, all.getFirst().foretold(), 1e-9);
    assertEquals(.1, all.getFirst().measured(), 1e-9);
    assertTrue(here(costs(1_000, 0, 0), tuned).trainings().isEmpty());
  }

  @Test
  void whatLooksFactsUpIsNotTrainedAgainForThem() {
    var looking =
        rung(
            "tuned-retrieval",
            .9,
            200,
            10,
            Map.of("index", "there", "training", Map.of("wall_seconds", 1_800.0)));
    var bills = here(costs(1_000, .2, 2), looking);
    assertEquals(.2 * HOURS, month(bills, looking), 1e-9);
  }

  @Test
  void aMachineThatIsNotLikeThisIsNotTakenToBeAsFast() {
    var other = Machine.of(BOOK, BOOK.find("runpod RTX 4090 community", kind -> true));
    var usual = costs(1_000, .2, 0);
    var costs = new Costs(BOOK, usual.requestsPerDay(), usual.hosted(), other, 0);
    var way = here(costs, TUNED).way(TUNED).orElseThrow();
    assertInstanceOf(Money.Unknown.class, way.once());
    assertTrue(way.running().replica().orElseThrow().requestsPerSecond().isEmpty());
    var said =
        new Bills(climb(TUNED), costs, new Bills.Asked.Here(), OptionalDouble.of(.1))
            .way(TUNED)
            .orElseThrow();
    assertEquals(
        10, said.running().replica().orElseThrow().requestsPerSecond().orElseThrow(), 1e-9);
  }

  @Test
  void hostedModelsArePaidByTheTokenAndNothingIsCached() {
    var costs = costs(1_000, 0, 0);
    var bills =
        new Bills(
            climb(SHOTS), costs, new Bills.Asked.Hosted(Optional.empty()), OptionalDouble.empty());
    var usd = costs.hosted().usd();
    double request = (2_000 * usd.get(Unit.INPUT) + 10 * usd.get(Unit.OUTPUT)) / 1e6;
    var way = bills.way(SHOTS).orElseThrow();
    assertEquals(1_000 * request, way.running().thousand(1_000).usd().orElseThrow(), 1e-9);
    assertTrue(bills.prices().contains(costs.hosted()));
  }

  @Test
  void aModelThatTheBookLacksIsUnknown() {
    var asked = new Bills.Asked.Unpriced("openai:secret");
    var bills = new Bills(climb(SHOTS), costs(1_000, 0, 0), asked, OptionalDouble.empty());
    assertEquals("unknown", bills.way(SHOTS).orElseThrow().running().month(1_000).words());
    assertEquals(List.of("no price of openai:secret is known"), bills.cautions());
  }

  private static final RungReport TUNED_THERE =
      rung(
          "tuned",
          .9,
          200,
          10,
          Map.of(
              "training",
              Map.of(
                  "job",
                  "ftjob-1",
                  "estimated_tokens",
                  1_800_000L,
                  "tokens",
                  2_000_000L,
                  "estimated_usd",
                  5.4,
                  "usd",
                  6.0)));

  @Test
  void whatAProviderTrainsIsPaidByTheTokensThatItCounted() {
    var costs = costs(1_000, 0, 0);
    var price = Optional.of(BOOK.find("openai/gpt-4o-mini tuned", kind -> true));
    var asked = new Bills.Asked.Hosted(price);
    var bills = new Bills(climb(SHOTS, TUNED_THERE), costs, asked, OptionalDouble.empty());
    var way = bills.way(TUNED_THERE).orElseThrow();
    assertEquals(2 * 3, way.once().usd().orElseThrow(), 1e-9);
    double request = (200 * .3 + 10 * 1.2) / 1e6;
    assertEquals(request, way.running().perRequest().usd().orElseThrow(), 1e-12);
    assertEquals(1, bills.comparisons().size());

    var monthly =
        new Bills(climb(TUNED_THERE), costs.withTrainings(2), asked, OptionalDouble.empty());
    var kept = monthly.way(TUNED_THERE).orElseThrow().running();
    assertEquals(12 + 365e3 / 12 * request, kept.month(1_000).usd().orElseThrow(), 1e-6);
  }

  @Test
  void tuningThatHasNoPriceIsUnknown() {
    for (var asked :
        List.of(new Bills.Asked.Hosted(Optional.empty()), new Bills.Asked.Unpriced("url:a"))) {
      var bills = new Bills(climb(TUNED_THERE), costs(1_000, 0, 0), asked, OptionalDouble.empty());
      var way = bills.way(TUNED_THERE).orElseThrow();
      assertEquals("unknown", way.once().words());
      assertEquals("unknown", way.running().month(1_000).words());
    }
  }

  @Test
  void tokensAndMoneyOfATrainingStandBesideTheirForecast() {
    var values = new ReportJson(climb(SHOTS, TUNED, TUNED_THERE)).values();
    var json = JsonMapper.shared().valueToTree(values);
    assertEquals(1, json.path("training_tokens").size());
    var tokens = json.path("training_tokens").get(0);
    assertEquals(1_800_000, tokens.path("foretold").asDouble());
    assertEquals(2_000_000, tokens.path("measured").asDouble());
    assertEquals(5.4, json.path("training_usd").get(0).path("foretold").asDouble());
    assertEquals(0, json.path("training_seconds").size());
    var signals = new Signals(climb(TUNED_THERE), Optional.empty()).all();
    assertFalse(signals.stream().anyMatch(signal -> signal.name().equals("forgetting")));
  }

  @Test
  void theBreakEvenIsAmongWhatWouldChangeTheVerdict() {
    var bills = here(costs(100, .2, 0), SHOTS, TUNED);
    var comparisons = bills.comparisons();
    assertEquals(2, comparisons.size());
    var hosted = comparisons.get(1);
    assertEquals("openai/gpt-6-luna", hosted.other().where());
    var above = assertInstanceOf(BreakEven.Above.class, hosted.found());
    var at = above.requestsPerDay();
    assertEquals(
        hosted.other().running().month(at).usd().orElseThrow(),
        hosted.tuned().running().month(at).usd().orElseThrow(),
        .2);
    var changes = new Advice(bills.climb(), Optional.of(bills)).wouldChange();
    var words = "Traffic above %,.0f requests a day: there tuned is cheaper than few-shot (openai";
    assertTrue(changes.getLast().startsWith(words.formatted(at)), changes.toString());

    var busy = here(costs(2 * at, .2, 0), SHOTS, TUNED).wouldChange();
    var back = "Traffic below %,.0f requests a day: there few-shot (openai";
    assertTrue(busy.getLast().startsWith(back.formatted(at)), busy.toString());
    assertEquals(List.of(), new Advice(bills.climb()).wouldChange());
  }

  @Test
  void whatIsBetterAndNeverPaysIsSaidSo() {
    var bills = here(costs(1_000, .2, 2), SHOTS, TUNED);
    assertEquals(
        "No amount of traffic: tuned scores 10.0 points more than few-shot (your own machine), but"
            + " never pays, $0.200 more a month at 1,000 requests a day.",
        bills.wouldChange().getFirst());
    var worse = here(costs(1_000, .2, 2), rung("few-shot", .95, 2_000, 10, Map.of()), TUNED);
    assertFalse(
        worse.wouldChange().toString().contains("your own"), worse.wouldChange().toString());
    var free = here(costs(1_000, 0, 2), SHOTS, TUNED);
    assertFalse(free.wouldChange().toString().contains("never"), free.wouldChange().toString());
  }

  @Test
  void jsonHasTheMonthsOfWhatIsCompared() {
    var bills = here(costs(100, .2, 1), NEAREST, SHOTS, TUNED);
    var values = new ReportJson(bills.climb(), Optional.of(bills)).values();
    var cost = JsonMapper.shared().valueToTree(values).path("cost");
    assertEquals(3, cost.path("ways").size());
    assertEquals(.2 * HOURS, cost.path("ways").get(1).path("usd_per_month").asDouble(), 1e-9);
    double at = cost.path("break_even").get(1).path("requests_per_day").asDouble();
    var line = cost.path("months").get(2);
    assertEquals("openai/gpt-6-luna", line.path("where").asString());
    assertTrue(line.path("requests_per_day").get(0).asDouble() < 100);
    assertTrue(line.path("requests_per_day").get(120).asDouble() > 9.9 * at);
    assertFalse(new ReportJson(bills.climb()).values().containsKey("cost"));
  }
}
