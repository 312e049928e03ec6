package dev.hone.tune.data;

import java.io.IOException;
import java.util.List;

/// Takes the rows that passed the gate, in the order of the file.
@FunctionalInterface
public interface ExampleSink {
  /// Drops them: for a check alone.
  ExampleSink NONE = (_, _) -> {};

  /// @param line the row as read
  /// @param examples what it was rendered to, at least one
  void accept(Line.Valid line, List<Example> examples) throws IOException;
}
