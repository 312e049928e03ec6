package dev.hone.tune.run;

import dev.hone.model.adapter.RowShape;
import dev.hone.tune.data.Line;
import dev.hone.tune.data.Row;
import dev.hone.tune.data.RowReader;
import dev.hone.tune.data.Source;
import java.io.IOException;
import java.util.Set;

/// What a file's rows look like.
final class RowShapes {
  private RowShapes() {}

  /// The shape of the first row that can be read; the gate warns where others differ.
  static Set<RowShape> of(Source source) throws IOException {
    try (var reader = RowReader.open(source)) {
      for (var line = reader.next(); line.isPresent(); line = reader.next()) {
        if (line.get() instanceof Line.Valid valid) {
          return Set.of(shape(valid.row()));
        }
      }
    }
    return Set.of();
  }

  private static RowShape shape(Row row) {
    return switch (row) {
      case Row.Chat any -> RowShape.CHAT;
      case Row.Completion any -> RowShape.COMPLETION;
      case Row.Text any -> RowShape.TEXT;
    };
  }
}
