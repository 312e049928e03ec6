package dev.hone.ladder.climb;

import dev.hone.ladder.statistics.Interval;
import java.util.List;

/// How a rung's score grows with the rows that it learns from, on the selection rows.
///
/// @param measured at a quarter, half and all of the training rows
/// @param forecast at twice and four times as many, with 80 % intervals
public record Growth(String rung, List<Point> measured, List<Point> forecast) {
  /// @param rows learned from
  public record Point(int rows, Interval score) {}
}
