package dev.hone.ladder.report;

import dev.hone.ladder.climb.ClimbReport;
import dev.hone.ladder.climb.Growth;
import dev.hone.ladder.climb.RungReport;
import dev.hone.ladder.climb.RungReport.Measured;
import dev.hone.ladder.climb.Verdict;
import dev.hone.ladder.climb.Verdict.FactsChange;
import dev.hone.ladder.climb.Verdict.GoodEnough;
import dev.hone.ladder.climb.Verdict.NoiseCeiling;
import dev.hone.ladder.climb.Verdict.NoneGoodEnough;
import dev.hone.ladder.climb.Verdict.NotEnoughData;
import dev.hone.ladder.statistics.Interval;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// `report.json`: all that a climb has measured, and what it means.
///
/// @param bills where money is asked for
public record ReportJson(ClimbReport climb, Optional<Bills> bills) {
  private static final int MOST_LEAKS = 100;

  public ReportJson(ClimbReport climb) {
    this(climb, Optional.empty());
  }

  /// Ready to be written. The same seed and models give the same but for times.
  public Map<String, Object> values() {
    var advice = new Advice(climb, bills);
    var json = new LinkedHashMap<String, Object>();
    json.put("verdict", verdict(climb.verdict()));
    json.put("words", advice.verdict());
    json.put("reasons", advice.reasons());
    json.put("would_change", advice.wouldChange());
    json.put("task", climb.kind().words());
    json.put("metric", climb.metric());
    climb.target().ifPresent(target -> json.put("target", target));
    json.put("margin", climb.margin());
    json.put("seed", climb.seed());
    json.put("train_rows", climb.parts().train().size());
    json.put("selection_rows", climb.parts().selection().size());
    json.put("test_rows", climb.parts().test().size());
    json.put("leaks", climb.parts().leaks().size());
    json.put("leaking_rows", climb.parts().leaks().stream().limit(MOST_LEAKS).toList());
    json.put("rungs", climb.rungs().stream().map(ReportJson::rung).toList());
    json.put("growth", climb.growth().stream().map(ReportJson::growth).toList());
    json.put("forecasts", Foretold.of(climb).stream().map(ReportJson::foretold).toList());
    json.put(
        "training_seconds", Foretold.seconds(climb).stream().map(ReportJson::seconds).toList());
    putWhereAny("training_tokens", Foretold.tokens(climb), json);
    var trainings = new ArrayList<>(Foretold.usd(climb));
    bills.ifPresent(all -> trainings.addAll(all.trainings()));
    putWhereAny("training_usd", trainings, json);
    climb.errors().ifPresent(errors -> json.put("errors", errors));
    bills.ifPresent(all -> json.put("cost", new BillsJson(all).values()));
    json.put("answers", climb.calls());
    json.put("answers_now", climb.fresh());
    json.put("seconds", climb.seconds());
    return json;
  }

  private static void putWhereAny(String name, List<?> values, Map<String, Object> json) {
    if (!values.isEmpty()) {
      json.put(name, values);
    }
  }

  private static Map<String, Object> verdict(Verdict verdict) {
    var json = new LinkedHashMap<String, Object>();
    switch (verdict) {
      case GoodEnough good -> {
        json.put("kind", "good_enough");
        json.put("rung", good.rung());
        json.put("best", good.best());
        json.put("above", interval(good.above()));
      }
      case NotEnoughData few -> {
        json.put("kind", "not_enough_data");
        few.best().ifPresent(best -> json.put("best", best));
        json.put("held_out_rows", few.have());
        json.put("needed", few.needed());
      }
      case NoiseCeiling noise -> {
        json.put("kind", "noise_ceiling");
        json.put("ceiling", interval(noise.ceiling()));
        json.put("contradicted_rows", noise.rows().contradicted());
      }
      case FactsChange change -> {
        json.put("kind", "facts_change");
        json.put("best", change.trained());
        json.put("stale", change.stale());
        change.instead().ifPresent(rung -> json.put("instead", rung));
      }
      case NoneGoodEnough none -> {
        json.put("kind", "none_good_enough");
        json.put("best", none.best());
        json.put("score", interval(none.score()));
      }
    }
    return json;
  }

  static Map<String, Object> interval(Interval interval) {
    var json = new LinkedHashMap<String, Object>();
    json.put("estimate", interval.estimate());
    json.put("low", interval.low());
    json.put("high", interval.high());
    return json;
  }

  private static Map<String, Object> rung(RungReport rung) {
    var json = new LinkedHashMap<String, Object>();
    json.put("name", rung.name());
    json.put("description", rung.description());
    json.put("state", rung.state().name().toLowerCase(Locale.ROOT));
    json.put("why", rung.why());
    rung.selection().ifPresent(measured -> json.put("selection", measured(measured)));
    rung.test().ifPresent(measured -> json.put("test", measured(measured)));
    json.put("also", rung.also());
    json.put("latency_ms_p50", rung.latency().p50());
    json.put("latency_ms_p95", rung.latency().p95());
    json.put("prompt_tokens", rung.promptTokens());
    json.put("answer_tokens", rung.answerTokens());
    json.put("cut_answers", rung.cut());
    json.put("build_seconds", rung.buildSeconds());
    json.put("recipe", new TreeMap<>(rung.recipe())); // Map.of has another order in each process
    json.put("rows", rows(rung.rows()));
    return json;
  }

  private static Map<String, Object> growth(Growth growth) {
    var json = new LinkedHashMap<String, Object>();
    json.put("rung", growth.rung());
    json.put("measured", growth.measured().stream().map(ReportJson::point).toList());
    json.put("forecast", growth.forecast().stream().map(ReportJson::point).toList());
    return json;
  }

  private static Map<String, Object> foretold(Foretold foretold) {
    var forecast = foretold.forecast();
    var json = new LinkedHashMap<String, Object>();
    json.put("rung", forecast.rung());
    json.put("basis", forecast.basis());
    json.put("is_bound", forecast.isBound());
    json.put("foretold", interval(forecast.score()));
    foretold
        .measured()
        .ifPresent(value -> {
          json.put("measured", value);
          json.put("holds", forecast.holds(value));
        });
    json.put("words", foretold.words());
    return json;
  }

  private static Map<String, Object> seconds(Foretold.Amount seconds) {
    var json = new LinkedHashMap<String, Object>();
    json.put("rung", seconds.rung());
    json.put("basis", seconds.basis());
    json.put("foretold_seconds", seconds.foretold());
    json.put("measured_seconds", seconds.measured());
    return json;
  }

  private static Map<String, Object> point(Growth.Point point) {
    var json = interval(point.score());
    json.put("rows", point.rows());
    return json;
  }

  private static Map<String, Object> measured(Measured measured) {
    var json = interval(measured.score());
    json.put("rows", measured.items());
    return json;
  }

  private static List<Map<String, Object>> rows(List<RungReport.Row> rows) {
    return rows.stream().map(ReportJson::row).toList();
  }

  private static Map<String, Object> row(RungReport.Row row) {
    var json = new LinkedHashMap<String, Object>();
    json.put("part", row.part());
    json.put("line", row.line());
    json.put("question", row.question());
    json.put("expected", row.expected());
    json.put("answer", row.answer());
    json.put("score", row.score());
    if (!row.error().isEmpty()) {
      json.put("error", row.error());
    }
    return json;
  }
}
