package dev.hone.tune.data;

import java.nio.file.Path;

/// One thing that the gate found.
///
/// @param file in which file
/// @param line on which line, from 1; 0 where it is the file as a whole
/// @param problem what it is
public record Finding(Path file, long line, Problem problem) {
  /// `train.jsonl, line 3: messages[1].role: unknown role "bot"`.
  public String text() {
    return line == 0
        ? "%s: %s".formatted(file, problem.text())
        : "%s, line %d: %s".formatted(file, line, problem.text());
  }
}
