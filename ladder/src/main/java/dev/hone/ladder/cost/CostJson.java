package dev.hone.ladder.cost;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/// Costs as JSON has them.
public final class CostJson {
  private CostJson() {}

  /// @param requestsPerDay where it is known
  public static Map<String, Object> way(Way way, OptionalDouble requestsPerDay) {
    var json = new LinkedHashMap<String, Object>();
    json.put("rung", way.rung());
    json.put("where", way.where());
    json.put("prefix_tokens", way.tokens().prefix());
    json.put("input_tokens", way.tokens().input());
    json.put("output_tokens", way.tokens().output());
    json.put("usd_once", usd(way.once()));
    json.put("usd_per_request", usd(way.running().perRequest()));
    requestsPerDay.ifPresent(perDay -> {
      json.put("usd_per_thousand", usd(way.running().thousand(perDay)));
      json.put("usd_per_month", usd(way.running().month(perDay)));
      way.running().replica().ifPresent(replica -> addReplicas(replica, perDay, json));
    });
    json.put("terms", way.terms().stream().map(CostJson::term).toList());
    return json;
  }

  private static void addReplicas(Replica replica, double perDay, Map<String, Object> json) {
    json.put("replicas", replica.count(perDay));
    replica.utilisation(perDay).ifPresent(share -> json.put("utilisation", share));
  }

  public static Map<String, Object> term(Term term) {
    var json = new LinkedHashMap<String, Object>();
    json.put("name", term.name());
    json.put("usd", usd(term.money()));
    json.put("inputs", term.inputs());
    return json;
  }

  public static Map<String, Object> price(Price price) {
    var json = new LinkedHashMap<String, Object>();
    json.put("item", price.name());
    price.usd().forEach((unit, usd) -> json.put(unit.name().toLowerCase(Locale.ROOT), usd));
    json.put("date", price.date().toString());
    json.put("source", price.source());
    return json;
  }

  /// A number, or `unknown`.
  public static Object usd(Money money) {
    return money.usd().isPresent() ? (Object) money.usd().getAsDouble() : "unknown";
  }
}
