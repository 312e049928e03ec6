package dev.hone.ladder.climb;

import dev.hone.ladder.rung.Rung;
import dev.hone.ladder.rung.Solution;
import dev.hone.ladder.statistics.LearningCurve;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// Rungs made with fewer rows to learn from, to see how they grow.
final class Growing implements Closeable {
  private static final double ERROR = 0.05;
  private static final int LEAST = 30;

  private final Bench bench;
  private final Map<String, List<LearningCurve.Point>> smaller = new LinkedHashMap<>();
  private final Map<String, List<Growth.Point>> measured = new LinkedHashMap<>();
  private final List<Solution> made = new ArrayList<>();

  Growing(Bench bench) {
    this.bench = bench;
  }

  /// Whether a curve of the rung is wanted, and the selection rows are enough to draw one.
  boolean isWanted(Rung rung) {
    return bench.settings().growing().contains(rung.name())
        && bench.parts().selection().size() >= LEAST;
  }

  /// What a quarter and half of the rows foretell of all of them.
  Forecast foretold(Rung rung) throws IOException {
    var score =
        LearningCurve.forecast(
            smaller(rung), metric(), bench.parts().train().size(), bench.settings().seed());
    return new Forecast(rung.name(), "its growth from a quarter to half of the rows", score, false);
  }

  private List<LearningCurve.Point> smaller(Rung rung) throws IOException {
    if (!smaller.containsKey(rung.name())) {
      var points = new ArrayList<LearningCurve.Point>();
      var shown = new ArrayList<Growth.Point>();
      for (int part : List.of(4, 2)) {
        var scores = with(rung, part);
        int rows = bench.parts().train().size() / part;
        points.add(new LearningCurve.Point(rows, scores.counts()));
        shown.add(new Growth.Point(rows, scores.interval(ERROR)));
      }
      smaller.put(rung.name(), points);
      measured.put(rung.name(), shown);
    }
    return smaller.get(rung.name());
  }

  private ToDoubleFunction<double[]> metric() {
    return bench.settings().metric()::value;
  }

  private Scores with(Rung rung, int part) throws IOException {
    var train = bench.parts().train().subList(0, bench.parts().train().size() / part);
    var name = "1-of-" + part;
    var directory = Files.createDirectories(bench.directory(rung).resolve(name));
    var title = rung.name() + " " + name;
    var solution = rung.build(bench.materials(title, train, directory));
    made.add(solution);
    var selection = bench.parts().selection();
    return bench.asked(title, solution, selection).first(selection.size());
  }

  /// @param whole the rung's own answers to the selection rows
  Growth growth(Rung rung, Asked whole) throws IOException {
    int rows = bench.parts().train().size();
    var points = new ArrayList<>(smaller(rung));
    var shown = new ArrayList<>(measured.get(rung.name()));
    var scores = whole.first(bench.parts().selection().size());
    points.add(new LearningCurve.Point(rows, scores.counts()));
    shown.add(new Growth.Point(rows, scores.interval(ERROR)));
    var forecast = new ArrayList<Growth.Point>();
    for (int times : List.of(2, 4)) {
      var score = LearningCurve.forecast(points, metric(), times * rows, bench.settings().seed());
      forecast.add(new Growth.Point(times * rows, score));
    }
    return new Growth(rung.name(), shown, forecast);
  }

  @Override
  public void close() throws IOException {
    for (var solution : made) {
      solution.close();
    }
  }
}
