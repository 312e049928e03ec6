package dev.hone.ladder.report;

import dev.hone.ladder.climb.ClimbReport;
import dev.hone.ladder.climb.Forecast;
import dev.hone.ladder.climb.RungReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What was foretold, beside what came.
///
/// @param measured the rung's score on the selection rows; empty where it was not made
public record Foretold(Forecast forecast, Optional<Double> measured) {
  /// What a training took.
  ///
  /// @param basis what foretold it
  public record Amount(String rung, String basis, double foretold, double measured) {}

  static List<Foretold> of(ClimbReport climb) {
    return climb.forecasts().stream()
        .map(forecast ->
            new Foretold(
                forecast,
                climb.rung(forecast.rung()).selection().map(all -> all.score().estimate())))
        .toList();
  }

  static List<Amount> seconds(ClimbReport climb) {
    return amounts(climb, "wall_seconds", "trial passes before the first step");
  }

  /// Of trainings that are paid by them.
  static List<Amount> tokens(ClimbReport climb) {
    return amounts(climb, "tokens", "");
  }

  static List<Amount> usd(ClimbReport climb) {
    return amounts(climb, "usd", "");
  }

  /// @param here what foretells it of a training on this machine
  private static List<Amount> amounts(ClimbReport climb, String name, String here) {
    var amounts = new ArrayList<Amount>();
    for (var rung : climb.rungs()) {
      amount(rung, name, here).ifPresent(amounts::add);
    }
    return amounts;
  }

  private static Optional<Amount> amount(RungReport rung, String name, String here) {
    return rung.recipe().get("training") instanceof Map<?, ?> training
            && training.get("estimated_" + name) instanceof Number foretold
            && training.get(name) instanceof Number measured
            && measured.doubleValue() > 0
        ? Optional.of(
            new Amount(
                rung.name(),
                training.containsKey("job") ? basis(name) : here,
                foretold.doubleValue(),
                measured.doubleValue()))
        : Optional.empty();
  }

  /// What foretells a training elsewhere.
  private static String basis(String name) {
    return switch (name) {
      case "wall_seconds" -> "what its provider said when it began";
      case "tokens" -> "what its provider has counted of prompts";
      default -> "those tokens and the price book";
    };
  }

  /// In a sentence.
  public String words() {
    var score = forecast.score();
    var foretold =
        forecast.isBound()
            ? "%s at most, by %s".formatted(Advice.percent(score.high()), forecast.basis())
            : "%s to %s, by %s"
                .formatted(
                    Advice.percent(score.low()), Advice.percent(score.high()), forecast.basis());
    return "%s: foretold %s; %s"
        .formatted(
            forecast.rung(),
            foretold,
            measured
                .map(value ->
                    "measured %s%s"
                        .formatted(
                            Advice.percent(value),
                            forecast.holds(value) ? "" : ", so the forecast was wrong"))
                .orElse("not made"));
  }
}
