package dev.hone.ladder.climb;

import dev.hone.ladder.climb.Verdict.GoodEnough;
import dev.hone.ladder.climb.Verdict.NoneGoodEnough;
import dev.hone.ladder.climb.Verdict.NotEnoughData;
import dev.hone.ladder.statistics.Differences;
import dev.hone.ladder.statistics.SampleSize;
import java.io.IOException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The cheapest rung that is good enough, confirmed.
///
/// Good enough means: not worse than any other rung by more than a margin (the default), or above a
/// target. Selection rows propose; test rows, which have chosen nothing, are looked at for the
/// proposal. Near the best there are two claims: that the proposed rung is not worse than each
/// other (all at once, which needs no correction), at 4 %; and if that fails, the same of the best
/// rung, at 1 %. So a rung that is not good enough is recommended at most once in twenty.
public final class Decision {
  /// Both ends together: one end at 5 %.
  private static final double ERROR = 0.10;

  /// The same for each of the two claims.
  private static final double ERROR_OF_PROPOSED = 0.08;

  private static final double ERROR_OF_BEST = 0.02;

  /// Of the margin that a proposal may stay behind on the selection rows.
  private static final double PROPOSED = 0.7;

  /// With fewer test rows nothing is recommended.
  private static final int LEAST = 25;

  private final double margin;

  /// @param margin by which a rung may be worse than the best
  public Decision(double margin) {
    this.margin = margin;
  }

  /// Gives a rung's scores on the test rows.
  @FunctionalInterface
  public interface Test {
    Scores of(String rung) throws IOException;
  }

  /// The cheapest near the best.
  ///
  /// @param rungs that are left of the race, cheapest first
  /// @param selection their scores on the selection rows
  /// @param testRows how many there are
  public Verdict nearBest(
      List<String> rungs, Map<String, Scores> selection, int testRows, Test test)
      throws IOException {
    var best =
        rungs.stream().max(Comparator.comparingDouble(rung -> selection.get(rung).value())).get();
    if (testRows < LEAST) {
      return notEnough(best, rungs, selection, testRows);
    }
    double most = selection.get(best).value();
    var proposed =
        rungs.stream()
            .filter(rung -> selection.get(rung).value() >= most - PROPOSED * margin)
            .findFirst()
            .orElseThrow();
    var scores = new LinkedHashMap<String, Scores>();
    for (var rung : rungs) {
      scores.put(rung, test.of(rung));
    }
    if (isNotWorse(proposed, scores, ERROR_OF_PROPOSED)) {
      return new GoodEnough(proposed, best, scores.get(proposed).above(scores.get(best), ERROR));
    }
    return isNotWorse(best, scores, ERROR_OF_BEST)
        ? new GoodEnough(best, best, scores.get(best).above(scores.get(best), ERROR))
        : notEnough(best, rungs, scores, testRows);
  }

  private boolean isNotWorse(String rung, Map<String, Scores> scores, double error) {
    return scores.entrySet().stream()
        .filter(other -> !other.getKey().equals(rung))
        .allMatch(other -> scores.get(rung).above(other.getValue(), error).low() > -margin);
  }

  private NotEnoughData notEnough(
      String best, List<String> rungs, Map<String, Scores> scores, int have) {
    double variance =
        rungs.stream()
            .filter(rung -> !rung.equals(best))
            .mapToDouble(rung -> scores.get(rung).varianceAgainst(scores.get(best)))
            .max()
            .orElse(0);
    int needed = 2 * SampleSize.notWorse(variance, margin);
    return new NotEnoughData(Optional.of(best), 2 * have, Math.max(2 * LEAST, needed));
  }

  /// What to say when no rung reached the target.
  public Verdict belowTarget(String best, Scores test, double target) {
    var interval = test.interval(ERROR);
    if (interval.high() < target) {
      return new NoneGoodEnough(best, interval);
    }
    double variance = Differences.of(test.scores()).variance();
    double gap = Math.max(0.01, Math.abs(test.value() - target));
    int needed = 2 * Math.max(LEAST, SampleSize.notWorse(variance, gap));
    return new NotEnoughData(Optional.of(best), 2 * test.items(), needed);
  }
}
