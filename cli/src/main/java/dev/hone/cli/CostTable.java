package dev.hone.cli;

import dev.hone.ladder.cost.BreakEven;
import dev.hone.ladder.cost.Cautions;
import dev.hone.ladder.cost.CostJson;
import dev.hone.ladder.cost.Price;
import dev.hone.ladder.cost.Running;
import dev.hone.ladder.cost.Term;
import dev.hone.ladder.cost.Way;
import dev.hone.ladder.task.Change;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/// What `hone cost` prints.
record CostTable(Costing.Estimate estimate) {
  List<String> lines() {
    var lines = new ArrayList<String>();
    var totals = estimate.totals();
    lines.add(
        "%s of %.0f tokens on average to train on; an answer has %.0f"
            .formatted(
                Numbers.count(totals.rows(), "row"),
                (double) totals.tokens() / totals.rows(),
                estimate.tuned().getFirst().tokens().output()));
    lines.add("");
    lines.addAll(ways());
    section("a training, and the labels", once(), lines);
    section("when tuning is cheaper", breakEven(), lines);
    estimate.change().ifPresent(change -> section("staleness", List.of(stale(change)), lines));
    section("how it was computed", computed(), lines);
    section("prices", prices().map(Price::words).toList(), lines);
    var cautions = cautions();
    if (!cautions.isEmpty()) {
      section("to keep in mind", cautions, lines);
    }
    return lines;
  }

  private static void section(String title, List<String> content, List<String> lines) {
    lines.add("");
    lines.add(title);
    content.forEach(line -> lines.add("  " + line));
  }

  private Stream<Way> all() {
    return Stream.concat(estimate.prompts().stream(), estimate.tuned().stream());
  }

  private OptionalDouble traffic() {
    return estimate.costs().requestsPerDay();
  }

  private List<String> ways() {
    var table =
        traffic().isPresent()
            ? Table.ofNumbers()
                .row(
                    "%s requests a day".formatted(Numbers.real(traffic().getAsDouble())),
                    "prompt",
                    "answer",
                    "per 1,000",
                    "a month",
                    "machines",
                    "busy")
            : Table.ofNumbers()
                .row("", "prompt", "answer", "1,000 for tokens", "a month besides", "", "");
    all().forEach(way -> addRow(way, table));
    return table.lines();
  }

  private void addRow(Way way, Table table) {
    var running = way.running();
    var perDay = traffic();
    var thousand =
        perDay.isPresent()
            ? running.thousand(perDay.getAsDouble())
            : running.perRequest().times(1_000);
    table.row(
        "%s, %s".formatted(way.rung(), way.where()),
        "%.0f".formatted(way.tokens().prompt()),
        "%.0f".formatted(way.tokens().output()),
        thousand.words(),
        running.month(perDay.orElse(0)).words(),
        perDay.isPresent() ? replicas(running, perDay.getAsDouble()) : "",
        perDay.isPresent() ? busy(running, perDay.getAsDouble()) : "");
  }

  private static String replicas(Running running, double perDay) {
    return running.replica().map(replica -> Numbers.count(replica.count(perDay))).orElse("");
  }

  private static String busy(Running running, double perDay) {
    var share = running.replica().map(r -> r.utilisation(perDay)).orElse(OptionalDouble.empty());
    return share.isPresent() ? Numbers.percent(share.getAsDouble()) : "";
  }

  private List<String> once() {
    var table = Table.ofFacts();
    for (var way : estimate.tuned()) {
      table.row("training, " + way.where(), way.once().words(), term(way, "training").inputs());
    }
    var labels = estimate.labelling();
    table.row(labels.name(), labels.money().words(), labels.inputs());
    return table.lines();
  }

  private static Term term(Way way, String name) {
    return way.terms().stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();
  }

  private Stream<Way> hosted() {
    var name = estimate.costs().hosted().name();
    return estimate.prompts().stream().filter(way -> way.where().equals(name));
  }

  private BreakEven breakEven(Way tuned, Way prompt) {
    return estimate.costs().breakEven(tuned.running(), prompt.tokens());
  }

  private List<String> breakEven() {
    var lines = new ArrayList<String>();
    for (var tuned : estimate.tuned()) {
      var table = Table.ofFacts();
      hosted()
          .forEach(prompt ->
              table.row(
                  "  than %s, %s:".formatted(prompt.rung(), prompt.where()),
                  breakEven(tuned, prompt).words()));
      lines.add("tuned, " + tuned.where());
      lines.addAll(table.lines());
    }
    return lines;
  }

  private String stale(Change change) {
    return "%,d of %,d documents changed in %d days: of what is trained once a month %s is out of date on average; %.2f trainings a month keep that below 5 %%"
        .formatted(
            change.changed(),
            change.documents(),
            Change.DAYS,
            Numbers.percent(change.stale()),
            change.trainingsPerMonth(Costing.STALE));
  }

  private List<String> computed() {
    var lines = new ArrayList<String>();
    all()
        .forEach(way -> {
          lines.add("%s, %s".formatted(way.rung(), way.where()));
          var table = Table.ofFacts();
          way.terms()
              .forEach(term -> table.row("  " + term.name(), term.money().words(), term.inputs()));
          lines.addAll(table.lines());
        });
    return lines;
  }

  private Stream<Price> prices() {
    return all().flatMap(way -> way.prices().stream()).distinct();
  }

  private List<String> cautions() {
    var cautions = new ArrayList<>(Cautions.of(estimate.costs().book(), all().toList()));
    if (estimate.wish().needs().isTools()) {
      all()
          .flatMap(way -> way.prices().stream())
          .filter(price -> price.isOfModel() && price.tools().isEmpty())
          .map(price -> Needs.unknown(price.name()))
          .distinct()
          .forEach(cautions::add);
    }
    return cautions;
  }

  /// One JSON object with the same numbers.
  Map<String, Object> values() {
    var json = new LinkedHashMap<String, Object>();
    traffic().ifPresent(perDay -> json.put("requests_per_day", perDay));
    json.put("rows", estimate.totals().rows());
    json.put("row_tokens", (double) estimate.totals().tokens() / estimate.totals().rows());
    json.put("epochs", estimate.wish().epochs());
    json.put("trainings_per_month", estimate.costs().trainingsPerMonth());
    json.put("labelling", CostJson.term(estimate.labelling()));
    json.put("ways", all().map(way -> CostJson.way(way, traffic())).toList());
    json.put("break_even", breakEvens());
    estimate
        .change()
        .ifPresent(change -> {
          json.put("stale_trained_monthly", change.stale());
          json.put("trainings_per_month_below_5_percent", change.trainingsPerMonth(Costing.STALE));
        });
    json.put("prices", prices().map(CostJson::price).toList());
    json.put("cautions", cautions());
    return json;
  }

  private List<Map<String, Object>> breakEvens() {
    var all = new ArrayList<Map<String, Object>>();
    for (var tuned : estimate.tuned()) {
      hosted()
          .forEach(prompt -> {
            var found = breakEven(tuned, prompt);
            var json = new LinkedHashMap<String, Object>();
            json.put("tuned", tuned.where());
            json.put("rung", prompt.rung());
            json.put("hosted", prompt.where());
            json.put("words", found.words());
            if (found instanceof BreakEven.Above(var perDay, var replicas)) {
              json.put("above_requests_per_day", perDay);
              json.put("replicas", replicas);
            }
            all.add(json);
          });
    }
    return all;
  }
}
