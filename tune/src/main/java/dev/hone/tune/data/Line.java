package dev.hone.tune.data;

import java.util.List;

/// One row as read, with the line that it starts on.
public sealed interface Line {
  /// The line in the file, from 1; of a CSV record that spans lines, the first.
  long number();

  /// A row that could be read.
  ///
  /// @param json the row as one line of JSON: verbatim where the file is JSONL
  /// @param warnings what was passed over in reading it
  record Valid(long number, Row row, String json, List<Problem> warnings) implements Line {
    public Valid {
      warnings = List.copyOf(warnings);
    }
  }

  /// A row that could not be read.
  record Broken(long number, Problem problem) implements Line {}
}
