package dev.hone.ladder.rung;

import dev.hone.ladder.task.Item;
import java.io.Closeable;
import java.io.IOException;
import java.util.Map;

/// What a rung has made: something that answers.
public interface Solution extends Closeable {
  /// Answers an item's question; never looks at its reference. Several at once where its model may
  /// be asked so.
  Reply answer(Item item) throws IOException;

  /// All that the answers depend on, to be run again: goes into `recipe.json`.
  Map<String, Object> recipe();

  @Override
  default void close() throws IOException {}
}
