package dev.hone.ladder.climb;

import dev.hone.ladder.statistics.GroupSequential;
import java.io.IOException;
import java.util.List;

/// Whether a rung lies above a limit, asking no more rows than it takes to say.
///
/// Selection rows are asked a quarter at a time until the rung's score there is clearly below the
/// limit, or at it; then test rows, which have chosen nothing, a quarter at a time. Each look at
/// those may confirm, at Pocock's boundary with the error divided by the rungs that could be tried,
/// or give up where even 0.84 standard errors more would not reach the limit.
public final class AboveLimit {
  private static final double ERROR = 0.05;
  private static final int LOOKS = 4;

  /// Both ends together: 0.84 standard errors.
  private static final double HOPELESS = 0.40;

  /// Fewer rows tell nothing.
  private static final int LEAST = 20;

  /// With fewer test rows nothing is confirmed.
  private static final int LEAST_CONFIRMED = 25;

  /// The bootstrap covers too little with fewer.
  private static final int LEAST_BOOTSTRAPPED = 50;

  private final double limit;
  private final double critical;

  /// @param rungs that could be tried: the error is over all of them (Bonferroni)
  public AboveLimit(double limit, int rungs) {
    this.limit = limit;
    this.critical = GroupSequential.pocock(LOOKS, ERROR / rungs);
  }

  /// A rung's scores on the first rows of a part.
  @FunctionalInterface
  public interface Part {
    Scores first(int rows) throws IOException;
  }

  public boolean holds(Part selection, int selectionRows, Part test, int testRows)
      throws IOException {
    return isLikely(selection, selectionRows) && isConfirmed(test, testRows);
  }

  private boolean isLikely(Part selection, int rows) throws IOException {
    for (int place : places(rows, LEAST)) {
      var scores = selection.first(place);
      if (scores.value() >= limit) {
        return true;
      }
      if (scores.interval(ERROR).high() < limit) {
        return false;
      }
    }
    return false;
  }

  private boolean isConfirmed(Part test, int rows) throws IOException {
    if (rows < LEAST_CONFIRMED) {
      return false;
    }
    for (int place : places(rows, LEAST_CONFIRMED)) {
      var scores = test.first(place);
      boolean isEnough = !scores.isBootstrapped() || place >= LEAST_BOOTSTRAPPED;
      if (isEnough && scores.intervalOf(critical).low() > limit) {
        return true;
      }
      if (scores.interval(HOPELESS).high() < limit) {
        return false;
      }
    }
    return false;
  }

  private static List<Integer> places(int rows, int least) {
    return List.of(rows / 4, rows / 2, 3 * rows / 4, rows).stream()
        .map(place -> Math.min(rows, Math.max(place, least)))
        .distinct()
        .toList();
  }
}
