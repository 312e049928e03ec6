package dev.hone.ladder.climb;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Rungs on the selection rows, a quarter of the rows at a time. After each quarter those are
/// dropped that can no longer come within the margin of the leader.
public final class Race {
  /// A rung is dropped where its advantage over the leader lies below the margin with this error,
  /// both ends together.
  private static final double ERROR = 0.05;

  /// Fewer items than this tell nothing.
  private static final int LEAST = 16;

  private Race() {}

  /// Gives a rung's scores on the first items of the selection rows.
  @FunctionalInterface
  public interface Asking {
    Scores ask(String rung, int items) throws IOException;
  }

  /// @param scores by rung, on as many items as it was asked
  /// @param survivors rungs that were asked all, in their order
  public record Result(Map<String, Scores> scores, List<String> survivors) {
    /// Answers that were asked for.
    public int calls() {
      return scores.values().stream().mapToInt(Scores::items).sum();
    }
  }

  /// @param rungs cheapest first
  public static Result run(List<String> rungs, int items, double margin, Asking asking)
      throws IOException {
    var scores = new LinkedHashMap<String, Scores>();
    var running = new ArrayList<>(rungs);
    for (int place : List.of(items / 4, items / 2, 3 * items / 4, items)) {
      for (var rung : running) {
        scores.put(rung, asking.ask(rung, place));
      }
      if (place >= LEAST && place < items) {
        drop(running, scores, margin);
      }
    }
    return new Result(scores, List.copyOf(running));
  }

  private static void drop(List<String> running, Map<String, Scores> scores, double margin) {
    var leader =
        running.stream()
            .max(Comparator.comparingDouble(rung -> scores.get(rung).value()))
            .orElseThrow();
    running.removeIf(rung ->
        !rung.equals(leader) && scores.get(rung).above(scores.get(leader), ERROR).high() < -margin);
  }
}
