package dev.hone.ladder.judge;

import java.util.List;
import java.util.OptionalDouble;

/// How far a judge says what people say.
///
/// @param labels of people
/// @param share of them with which the judge agrees; where it gave no verdict it does not
/// @param kappa Cohen's: `(p − e) / (1 − e)`, where `e` is the share that would agree by chance;
///   empty where everything is always the same
public record Agreement(int labels, double share, OptionalDouble kappa) {
  /// Verdicts, and none.
  private static final int SAID = Better.values().length + 1;

  /// Asks the judge for what people have said.
  ///
  /// @param labels at least one
  public static Agreement of(Judge judge, List<Label> labels) {
    int agreed = 0;
    var people = new int[SAID];
    var judged = new int[SAID];
    for (var label : labels) {
      var ruling = judge.rule(label.pair());
      int said = ruling.failure().isPresent() ? SAID - 1 : ruling.better().ordinal();
      agreed += said == label.better().ordinal() ? 1 : 0;
      people[label.better().ordinal()]++;
      judged[said]++;
    }
    double share = (double) agreed / labels.size();
    double chance = 0;
    for (int i = 0; i < SAID; i++) {
      chance += (double) people[i] / labels.size() * judged[i] / labels.size();
    }
    return new Agreement(
        labels.size(),
        share,
        chance < 1 ? OptionalDouble.of((share - chance) / (1 - chance)) : OptionalDouble.empty());
  }
}
