package dev.hone.tune.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Collects findings: counts all, keeps the first few of each rule.
final class Findings {
  private final int perCheck;
  private final Map<Check, Long> counts = new EnumMap<>(Check.class);
  private final Map<Check, List<Finding>> first = new EnumMap<>(Check.class);

  /// @param perCheck how many of each rule are kept
  Findings(int perCheck) {
    this.perCheck = perCheck;
  }

  void add(Path file, long line, Problem problem) {
    counts.merge(problem.check(), 1L, Long::sum);
    var kept = first.computeIfAbsent(problem.check(), _ -> new ArrayList<>());
    if (kept.size() < perCheck) {
      kept.add(new Finding(file, line, problem));
    }
  }

  GateReport report(Totals training, Totals heldOut) {
    return new GateReport(
        counts, first.values().stream().flatMap(List::stream).toList(), training, heldOut);
  }
}
