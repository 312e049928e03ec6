package dev.hone.tune.trace;

import java.nio.file.Path;
import java.util.List;

/// What became of traces.
///
/// @param read traces
/// @param unsuccessful that were not asked for
/// @param merged that a longer one begins with, or the same one is
/// @param leftOut by what is wrong with them
/// @param rows written
/// @param calls of tools in the rows
/// @param tools that are called
public record TraceReport(
    long read,
    long unsuccessful,
    long merged,
    List<LeftOut> leftOut,
    long rows,
    long calls,
    int tools) {
  public TraceReport {
    leftOut = List.copyOf(leftOut);
  }

  /// Traces with the same thing wrong.
  ///
  /// @param first of them
  public record LeftOut(Fault fault, long count, Place first, String message) {}

  /// @param number of a line, or of a trace in a document; from 1
  public record Place(Path file, boolean isLine, long number) {
    /// `log.jsonl, line 17`
    public String text() {
      return "%s, %s %,d".formatted(file, isLine ? "line" : "trace", number);
    }
  }
}
