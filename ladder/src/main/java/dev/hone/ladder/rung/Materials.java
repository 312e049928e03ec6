package dev.hone.ladder.rung;

import dev.hone.ladder.metric.Metric;
import dev.hone.ladder.task.Item;
import dev.hone.ladder.task.Kind;
import java.nio.file.Path;
import java.util.List;

/// What a rung may learn from.
///
/// @param train rows to learn from
/// @param selection rows to choose with: prompts, examples
/// @param directory for what it makes
/// @param width questions that its model may be asked at the same time
/// @param progress is told what goes on
public record Materials(
    Kind kind,
    List<Item> train,
    List<Item> selection,
    Metric metric,
    Path directory,
    long seed,
    int width,
    Progress progress) {
  public Materials {
    train = List.copyOf(train);
    selection = List.copyOf(selection);
  }

  /// With a model that is asked one question at a time.
  public Materials(
      Kind kind,
      List<Item> train,
      List<Item> selection,
      Metric metric,
      Path directory,
      long seed,
      Progress progress) {
    this(kind, train, selection, metric, directory, seed, 1, progress);
  }

  /// Who shows what a rung does while it is built.
  @FunctionalInterface
  public interface Progress {
    /// @param total 0 where it is unknown
    void at(String what, long done, long total);
  }
}
