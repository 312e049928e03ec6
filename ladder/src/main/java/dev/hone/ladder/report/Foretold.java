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
  /// Seconds of a training.
  ///
  /// @param foretold before the first step
  public record Seconds(String rung, double foretold, double measured) {
    /// Share by which the forecast was too long (or, negative, too short).
    public double error() {
      return foretold / measured - 1;
    }
  }

  static List<Foretold> of(ClimbReport climb) {
    return climb.forecasts().stream()
        .map(forecast ->
            new Foretold(
                forecast,
                climb.rung(forecast.rung()).selection().map(all -> all.score().estimate())))
        .toList();
  }

  static List<Seconds> seconds(ClimbReport climb) {
    var seconds = new ArrayList<Seconds>();
    for (var rung : climb.rungs()) {
      seconds(rung).ifPresent(seconds::add);
    }
    return seconds;
  }

  private static Optional<Seconds> seconds(RungReport rung) {
    return rung.recipe().get("training") instanceof Map<?, ?> training
            && training.get("estimated_wall_seconds") instanceof Number foretold
            && training.get("wall_seconds") instanceof Number measured
        ? Optional.of(new Seconds(rung.name(), foretold.doubleValue(), measured.doubleValue()))
        : Optional.empty();
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
