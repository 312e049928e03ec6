package dev.hone.ladder.statistics;

import java.util.List;

/// When to look at a comparison that is still running: four equal looks at 5 % one-sided in all,
/// with Pocock's limit (1977).
public final class Looks {
  /// How often is looked, evenly, the last time at the end.
  public static final int COUNT = 4;

  /// Tabulated (Jennison and Turnbull 2000); two-sided 10 % is one-sided 5 %.
  private static final double POCOCK = 2.067;

  /// Of the power that is given up, for futility: the estimate plus so many standard errors must
  /// reach the limit.
  private static final double FUTILITY = 0.84;

  private Looks() {}

  /// What a look says.
  public enum Verdict {
    GOOD_ENOUGH,
    HOPELESS,
    GO_ON
  }

  /// Where the looks are, items from the beginning.
  public static List<Integer> places(int items) {
    return List.of(items / 4, items / 2, 3 * items / 4, items);
  }

  /// @param estimate of the difference
  /// @param error its standard error
  /// @param limit that it must lie above
  public static Verdict at(double estimate, double error, double limit) {
    if (estimate - POCOCK * error > limit) {
      return Verdict.GOOD_ENOUGH;
    }
    return estimate + FUTILITY * error < limit ? Verdict.HOPELESS : Verdict.GO_ON;
  }
}
