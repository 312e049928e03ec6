package dev.hone.ladder.report;

import dev.hone.ladder.climb.ClimbReport;
import dev.hone.ladder.climb.RungReport;
import dev.hone.ladder.judge.Judge;
import dev.hone.ladder.judge.Label;
import dev.hone.ladder.judge.Pair;
import dev.hone.ladder.judge.Ruling;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// What a person may label to check a judge: a random sample of the recommended rung's answers
/// beside the rows' own, or of the best rung's where none is recommended. Which of the two is the
/// row's own does not show.
public final class LabelSheet {
  private static final int MOST = 2 * JudgeReport.LEAST_LABELS;

  private LabelSheet() {}

  /// Lines of a file of [Label]s that lacks what people have to say; none where no judge was asked.
  public static List<String> of(ClimbReport climb, Judge judge) {
    var rung = new Advice(climb).rung().or(() -> best(climb));
    if (rung.isEmpty()) {
      return List.of();
    }
    var judged = JudgedRows.of(climb, judge);
    var pairs = new ArrayList<Pair>();
    for (var row : JudgeReport.rows(rung.get())) {
      var pair = judged.pair(row);
      if (judge.known(pair).filter(Ruling::isAsked).isPresent()) {
        pairs.add(pair);
      }
    }
    var random = new Random(climb.seed());
    Collections.shuffle(pairs, random);
    return pairs.stream()
        .limit(MOST)
        .map(pair -> random.nextBoolean() ? pair : pair.swapped())
        .map(Label::unlabelled)
        .toList();
  }

  private static Optional<RungReport> best(ClimbReport climb) {
    return climb.rungs().stream()
        .filter(rung -> rung.selection().isPresent())
        .max(Comparator.comparingDouble(Advice::score));
  }
}
