package dev.hone.ladder.climb;

import dev.hone.ladder.task.Kind;
import dev.hone.ladder.task.Parts;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// A climb from the rows to the verdict.
///
/// @param metric by name
/// @param target that was asked for; empty for near the best
/// @param margin by which a rung may be worse than the best
/// @param rungs cheapest first
/// @param growth learning curves
/// @param forecasts of rungs, made before they were
/// @param errors of the model as it is, by what would mend them
/// @param calls answers in all
/// @param fresh of them not known from an earlier run
public record ClimbReport(
    Kind kind,
    String metric,
    OptionalDouble target,
    double margin,
    long seed,
    Parts parts,
    List<RungReport> rungs,
    Verdict verdict,
    List<Growth> growth,
    List<Forecast> forecasts,
    Optional<ErrorSplit> errors,
    int calls,
    int fresh,
    double seconds) {
  public RungReport rung(String name) {
    return rungs.stream().filter(rung -> rung.name().equals(name)).findFirst().orElseThrow();
  }
}
