package dev.hone.cli;

import java.util.ArrayList;
import java.util.List;

/// Rows of cells in columns: the first one flush left, the others as told.
final class Table {
  private final boolean isFlushRight;
  private final List<List<String>> rows = new ArrayList<>();

  private Table(boolean isFlushRight) {
    this.isFlushRight = isFlushRight;
  }

  /// A table of numbers: columns after the first are flush right.
  static Table ofNumbers() {
    return new Table(true);
  }

  /// A table of names and what they stand for: all columns are flush left.
  static Table ofFacts() {
    return new Table(false);
  }

  Table row(String... cells) {
    rows.add(List.of(cells));
    return this;
  }

  /// One line per row, without spaces at its end.
  List<String> lines() {
    return rows.stream().map(this::line).toList();
  }

  private String line(List<String> cells) {
    var line = new StringBuilder();
    for (int column = 0; column < cells.size(); column++) {
      var padding = " ".repeat(width(column) - length(cells.get(column)));
      boolean isRight = isFlushRight && column > 0;
      line.append(column == 0 ? "" : "  ").append(isRight ? padding : "").append(cells.get(column));
      line.append(isRight ? "" : padding);
    }
    return line.toString().stripTrailing();
  }

  private int width(int column) {
    return rows.stream()
        .filter(row -> row.size() > column)
        .mapToInt(row -> length(row.get(column)))
        .max()
        .orElse(0);
  }

  private static int length(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}
