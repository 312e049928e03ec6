package dev.hone.cli;

import dev.hone.hosted.Budget;
import dev.hone.ladder.cost.Money;
import dev.hone.ladder.report.Signals.Signal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What hosted models have cost in a report's directory: in this run, and in those before it,
/// whoever was asked then.
///
/// @param name of the base, where it is hosted
/// @param base its budget, or of one that an earlier run asked
/// @param judge the same of the judge
/// @param isTuned whether the base may be trained
record SpentSoFar(
    Optional<String> name, Optional<Budget> base, Optional<Budget> judge, boolean isTuned) {
  private static final String BASE_FILE = "spent.json";
  private static final String JUDGE_FILE = "judge-spent.json";

  static Path ofBase(Path out) {
    return out.resolve(BASE_FILE);
  }

  static Path ofJudge(Path out) {
    return out.resolve(JUDGE_FILE);
  }

  List<String> lines() {
    var lines = new ArrayList<String>();
    base.ifPresent(spent ->
        lines.add(
            "%s was asked %s".formatted(name.orElse("an earlier base"), words(List.of(spent)))));
    judge.ifPresent(spent -> lines.add("the judge was asked " + words(List.of(spent))));
    return lines;
  }

  /// All together; none where nobody was asked.
  List<Signal> signals() {
    var all = Stream.of(base, judge).flatMap(Optional::stream).toList();
    return all.isEmpty()
        ? List.of()
        : List.of(new Signal("spent so far", "hosted models were asked " + words(all), false));
  }

  private String words(List<Budget> all) {
    long calls = all.stream().mapToLong(Budget::calls).sum();
    boolean isKnown = all.stream().allMatch(spent -> spent.spentUsd().isPresent());
    double usd = all.stream().mapToDouble(spent -> spent.spentUsd().orElse(0)).sum();
    return "%,d times%s"
        .formatted(
            calls,
            isKnown
                ? ", for %s%s"
                    .formatted(
                        Money.of(usd).words(),
                        isTuned ? ", with its training and what came of it" : "")
                : "; its price is unknown");
  }
}
