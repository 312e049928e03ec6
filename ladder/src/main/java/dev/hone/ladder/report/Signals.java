package dev.hone.ladder.report;

import dev.hone.ladder.climb.ClimbReport;
import dev.hone.ladder.climb.ErrorSplit;
import dev.hone.ladder.climb.RungReport;
import dev.hone.ladder.statistics.Differences;
import dev.hone.ladder.task.Change;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What is known to speak for training or against it, as measured here.
///
/// @param change of the documents, where there are some and it is known
public record Signals(ClimbReport climb, Optional<Change> change) {
  /// Of answers that are out of date, on average between two trainings a month apart.
  private static final String BEFORE = "probe_bits_per_byte_before";

  private static final double STALE = 0.05;

  private static final double FORGOTTEN = 0.02;
  private static final int FEW_ROWS = 100;

  /// A sign.
  ///
  /// @param name in a word or two
  /// @param evidence with its numbers
  /// @param isWarning whether it speaks against what is recommended, or against training
  public record Signal(String name, String evidence, boolean isWarning) {}

  public List<Signal> all() {
    var signals = new ArrayList<Signal>();
    signals.add(rows());
    contradictions().ifPresent(signals::add);
    change.map(this::changed).ifPresent(signals::add);
    climb.errors().map(Signals::errors).ifPresent(signals::add);
    examples().ifPresent(signals::add);
    for (var rung : climb.rungs()) {
      if (rung.recipe().get("answers_in_passages") instanceof Double reach) {
        signals.add(
            new Signal(
                "documents",
                "of the selection rows' answers %s stand word for word in the five passages found"
                        .formatted(Advice.percent(reach))
                    + " for them",
                false));
      }
      if (rung.recipe().get("training") instanceof Map<?, ?> training
          && training.containsKey(BEFORE)) { // a provider says nothing of it
        signals.add(forgetting(rung, training));
        overfitting(rung, training).ifPresent(signals::add);
      }
      if (rung.cut() > 0) {
        signals.add(
            new Signal(
                "cut answers",
                "%s: %,d %s ended by the token limit"
                    .formatted(
                        rung.name(), rung.cut(), rung.cut() == 1 ? "answer was" : "answers were"),
                true));
      }
    }
    return signals;
  }

  private Signal rows() {
    int rows = climb.parts().train().size();
    return new Signal(
        "rows",
        "%,d to learn from%s"
            .formatted(
                rows, rows < FEW_ROWS ? ": with under 100, prompts and documents come first" : ""),
        rows < FEW_ROWS);
  }

  private Optional<Signal> contradictions() {
    var rows = climb.parts().contradictions();
    return rows.example()
        .map(pair ->
            new Signal(
                "contradictions",
                "%,d rows (%s) ask what another row answers differently, such as lines %,d and %,d"
                    .formatted(
                        rows.contradicted(),
                        Advice.percent((double) rows.contradicted() / rows.rows()),
                        pair.one(),
                        pair.other()),
                rows.contradicted() > 0.02 * rows.rows()));
  }

  private static Signal errors(ErrorSplit errors) {
    double all = Math.max(1e-9, errors.form() + errors.knowledge() + errors.skill());
    return new Signal(
        "errors",
        "of what the model as it is gets wrong on %,d rows, %s is form (mended by the task's form),"
                .formatted(errors.rows(), Advice.percent(errors.form() / all))
            + " %s missing facts (mended by the right passage), %s neither: what training is for"
                .formatted(
                    Advice.percent(errors.knowledge() / all), Advice.percent(errors.skill() / all)),
        false);
  }

  /// Whether examples that are like the question do better than the same for all.
  private Optional<Signal> examples() {
    var names = climb.rungs().stream().map(RungReport::name).toList();
    if (!names.containsAll(List.of("few-shot", "nearest-shots"))) {
      return Optional.empty();
    }
    var fixed = scores(climb.rung("few-shot"));
    var nearest = scores(climb.rung("nearest-shots"));
    var lines = fixed.keySet().stream().filter(nearest::containsKey).toList();
    if (lines.size() < 2) {
      return Optional.empty();
    }
    var gain =
        Differences.between(
                lines.stream().mapToDouble(fixed::get).toArray(),
                lines.stream().mapToDouble(nearest::get).toArray())
            .interval(0.05);
    var words =
        gain.low() > 0 ? "better" : gain.high() < 0 ? "worse" : "not shown to be better or worse";
    return Optional.of(
        new Signal(
            "examples",
            "those nearest to a question are %s than the best fixed ones: %+.1f points (95 %%: %+.1f to %+.1f) on %,d rows"
                .formatted(
                    words,
                    100 * gain.estimate(),
                    100 * gain.low(),
                    100 * gain.high(),
                    lines.size()),
            false));
  }

  private static Map<Long, Double> scores(RungReport rung) {
    var scores = new LinkedHashMap<Long, Double>();
    rung.rows().stream()
        .filter(row -> row.part().equals("selection"))
        .forEach(row -> scores.put(row.line(), row.score()));
    return scores;
  }

  private Signal changed(Change change) {
    return new Signal(
        "change",
        "%,d of %,d documents changed in %d days (%s): of facts learned once a month %s would be out"
                .formatted(
                    change.changed(),
                    change.documents(),
                    Change.DAYS,
                    change.isFromHistory() ? "git" : "the files' dates",
                    Advice.percent(change.stale()))
            + " of date on average; %.2f trainings a month keep that below %.0f %%; an index follows at once"
                .formatted(change.trainingsPerMonth(STALE), 100 * STALE),
        change.stale() > STALE);
  }

  private static Signal forgetting(RungReport rung, Map<?, ?> training) {
    double before = number(training, BEFORE);
    double after = number(training, "probe_bits_per_byte_after");
    double change = before > 0 ? after / before - 1 : 0;
    return new Signal(
        "forgetting",
        "%s: general text takes %s more bits a byte than before (%.3f, then %.3f)"
            .formatted(rung.name(), Advice.percent(change), before, after),
        change > FORGOTTEN);
  }

  private static Optional<Signal> overfitting(RungReport rung, Map<?, ?> training) {
    double steps = number(training, "steps");
    double best = number(training, "best_step");
    return best >= 0.7 * steps
        ? Optional.empty()
        : Optional.of(
            new Signal(
                "overfitting",
                "%s: %s after %.0f of %.0f steps and no better from there"
                    .formatted(rung.name(), best(training), best, steps),
                true));
  }

  private static String best(Map<?, ?> training) {
    return training.get("metric") instanceof String metric
        ? "the answers were best by " + metric
        : "the held-out loss was least";
  }

  private static double number(Map<?, ?> of, String name) {
    return of.get(name) instanceof Number number ? number.doubleValue() : 0;
  }
}
