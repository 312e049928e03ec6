package dev.hone.ladder.climb;

import dev.hone.ladder.rung.Rung;
import dev.hone.ladder.rung.Solution;
import dev.hone.model.UsageException;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Says what a rung could reach before it is made: from something that knows what no solution can
/// know, or from how it grows with the rows.
final class Foretelling implements Closeable {
  private static final double ERROR = 0.05;
  private static final int ROWS = 16;
  private static final int ROWS_OF_SPLIT = 40;

  private final Bench bench;
  private final Growing growing;
  private final List<Forecast> forecasts = new ArrayList<>();
  private final List<Solution> made = new ArrayList<>();

  Foretelling(Bench bench, Growing growing) {
    this.bench = bench;
    this.growing = growing;
  }

  /// Forecasts for a rung that is not made yet; none where what foretells cannot be asked.
  List<Forecast> of(Rung rung) throws IOException {
    var found = new ArrayList<Forecast>();
    try {
      ceiling(rung).ifPresent(found::add);
      if (rung.isTrained() && growing.isWanted(rung)) {
        found.add(growing.foretold(rung));
      }
    } catch (UsageException e) {
      bench.listener().note("%s: nothing foretold: %s".formatted(rung.name(), e.getMessage()));
    }
    forecasts.addAll(found);
    return found;
  }

  private Optional<Forecast> ceiling(Rung rung) throws IOException {
    var directory = bench.directory(rung);
    var ceiling = rung.ceiling(bench.materials(rung.name(), bench.parts().train(), directory));
    if (ceiling.isEmpty()) {
      return Optional.empty();
    }
    var asked = few(ceiling.get().basis(), ceiling.get().solution(), ROWS);
    var score = asked.first(asked.size()).interval(ERROR);
    return asked.failedShare() > 0
        ? Optional.empty()
        : Optional.of(new Forecast(rung.name(), ceiling.get().basis(), score, true));
  }

  private int atMost(int rows) {
    return Math.min(rows, bench.parts().selection().size());
  }

  /// A solution that is asked the first selection rows.
  private Asked few(String name, Solution solution, int rows) {
    made.add(solution);
    return bench.askedAlone(name, solution, bench.parts().selection().subList(0, atMost(rows)));
  }

  /// What the model gets wrong, and what would mend it.
  ///
  /// @param plain the model as it is
  /// @param inForm the same in the task's form
  Optional<ErrorSplit> split(Asked plain, Optional<Asked> inForm) throws IOException {
    var oracle = bench.settings().oracle();
    if (oracle.isEmpty() && inForm.isEmpty()) {
      return Optional.empty();
    }
    int rows = atMost(ROWS_OF_SPLIT);
    var own = plain.first(rows).scores();
    var formed = inForm.isPresent() ? inForm.get().first(rows).scores() : own;
    var told =
        oracle.isPresent()
            ? few(oracle.get().description(), bench.build(oracle.get()), rows).first(rows).scores()
            : own;
    return Optional.of(ErrorSplit.of(own, formed, told));
  }

  List<Forecast> all() {
    return List.copyOf(forecasts);
  }

  @Override
  public void close() throws IOException {
    for (var solution : made) {
      solution.close();
    }
  }
}
