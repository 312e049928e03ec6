package dev.hone.ladder.climb;

import dev.hone.ladder.statistics.Interval;
import dev.hone.ladder.task.Contradictions;
import java.util.Optional;

/// What came of a climb.
public sealed interface Verdict {
  /// A rung is good enough.
  ///
  /// @param rung the cheapest that is
  /// @param best the rung that scored most on the selection rows
  /// @param above how far it lies above the best (or below), on the test rows; of the target where
  ///   one was given: the score
  record GoodEnough(String rung, String best, Interval above) implements Verdict {}

  /// More rows would tell.
  ///
  /// @param best the rung that scored most
  /// @param needed held-out rows that would, as far as the variance seen says
  record NotEnoughData(Optional<String> best, int have, int needed) implements Verdict {}

  /// The rows contradict one another so often that nothing can reach the target.
  ///
  /// @param ceiling the most that a rung could score, with its interval
  record NoiseCeiling(Interval ceiling, Contradictions rows) implements Verdict {}

  /// A model that has learned the facts does best, and they change too fast for that.
  ///
  /// @param trained the rung that does best
  /// @param stale share of its answers that would be out of date, on average
  /// @param instead the best rung that looks facts up
  record FactsChange(String trained, double stale, Optional<String> instead) implements Verdict {}

  /// No rung reaches the target.
  ///
  /// @param best the rung that scored most
  /// @param score its score on the test rows
  record NoneGoodEnough(String best, Interval score) implements Verdict {}
}
