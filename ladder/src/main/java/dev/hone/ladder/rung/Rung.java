package dev.hone.ladder.rung;

import java.io.IOException;
import java.util.Optional;

/// One way to solve the task. The ladder is a list of them, cheapest first.
public interface Rung {
  /// Short and unique; names its directory too.
  String name();

  /// What it is, for people.
  String description();

  /// Makes a solution from the training rows, choosing on the selection rows where it must choose.
  /// Never sees a test row.
  Solution build(Materials materials) throws IOException;

  /// What bounds this rung before it is made; empty where nothing does.
  default Optional<Ceiling> ceiling(Materials materials) throws IOException {
    return Optional.empty();
  }

  /// Whether making it takes a training.
  default boolean isTrained() {
    return false;
  }
}
