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
/// @param progress is told what goes on
public record Materials(
    Kind kind,
    List<Item> train,
    List<Item> selection,
    Metric metric,
    Path directory,
    long seed,
    Progress progress) {
  public Materials {
    train = List.copyOf(train);
    selection = List.copyOf(selection);
  }

  /// Who shows what a rung does while it is built.
  @FunctionalInterface
  public interface Progress {
    /// @param total 0 where it is unknown
    void at(String what, long done, long total);
  }
}
