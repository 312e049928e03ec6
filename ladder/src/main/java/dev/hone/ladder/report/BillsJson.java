package dev.hone.ladder.report;

import dev.hone.ladder.cost.BreakEven;
import dev.hone.ladder.cost.CostJson;
import dev.hone.ladder.cost.Way;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// `cost` of `report.json`.
record BillsJson(Bills bills) {
  private static final int POINTS = 120;

  Map<String, Object> values() {
    var json = new LinkedHashMap<String, Object>();
    var costs = bills.costs();
    json.put("requests_per_day", bills.traffic());
    if (bills.asked() instanceof Bills.Asked.Here) {
      json.put("machine", costs.machine().name());
    }
    json.put("trainings_per_month", costs.trainingsPerMonth());
    json.put(
        "ways",
        bills.ways().stream().map(way -> CostJson.way(way, costs.requestsPerDay())).toList());
    json.put("break_even", bills.comparisons().stream().map(BillsJson::comparison).toList());
    json.put("months", months());
    json.put("prices", bills.prices().stream().map(CostJson::price).toList());
    json.put("cautions", bills.cautions());
    return json;
  }

  private static Map<String, Object> comparison(Bills.Comparison one) {
    var json = new LinkedHashMap<String, Object>();
    json.put("tuned", one.tuned().rung());
    json.put("rung", one.other().rung());
    json.put("where", one.other().where());
    json.put("words", one.found().words());
    crossing(one.found()).forEach(at -> json.put("requests_per_day", at));
    one.gain().ifPresent(gain -> json.put("gain", gain));
    return json;
  }

  private static DoubleStream crossing(BreakEven found) {
    return switch (found) {
      case BreakEven.Above(var at, var any) -> DoubleStream.of(at);
      case BreakEven.Below(var at) -> DoubleStream.of(at);
      case BreakEven.Always any -> DoubleStream.empty();
      case BreakEven.Never any -> DoubleStream.empty();
      case BreakEven.Unknown any -> DoubleStream.empty();
    };
  }

  /// What is compared, by traffic from a tenth of the least that matters to ten times the most.
  private List<Map<String, Object>> months() {
    var comparisons = bills.comparisons();
    var matters =
        DoubleStream.concat(
                DoubleStream.of(bills.traffic()),
                comparisons.stream().flatMapToDouble(one -> crossing(one.found())))
            .filter(at -> at > 0)
            .summaryStatistics();
    double from = matters.getMin() / 10;
    double factor = matters.getMax() * 10 / from;
    var traffics =
        IntStream.rangeClosed(0, POINTS)
            .mapToObj(i -> from * Math.pow(factor, (double) i / POINTS))
            .toList();
    var all = new ArrayList<Map<String, Object>>();
    comparisons.stream()
        .flatMap(one -> Stream.of(one.tuned(), one.other()))
        .distinct()
        .filter(way -> way.running().month(from).usd().isPresent())
        .forEach(way -> all.add(line(way, traffics)));
    return all;
  }

  private static Map<String, Object> line(Way way, List<Double> traffics) {
    var json = new LinkedHashMap<String, Object>();
    json.put("rung", way.rung());
    json.put("where", way.where());
    json.put("requests_per_day", traffics);
    json.put(
        "usd", traffics.stream().map(perDay -> CostJson.usd(way.running().month(perDay))).toList());
    return json;
  }
}
