package dev.hone.ladder.report;

import dev.hone.ladder.climb.ClimbReport;
import dev.hone.ladder.climb.RungReport;
import dev.hone.ladder.judge.Judge;
import dev.hone.ladder.judge.Pair;
import dev.hone.ladder.judge.Ruling;
import dev.hone.ladder.task.Item;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a judge was shown of the rows that were asked.
///
/// @param items by their lines
record JudgedRows(Judge judge, Map<Long, Item> items) {
  static JudgedRows of(ClimbReport climb, Judge judge) {
    var parts = climb.parts();
    return new JudgedRows(
        judge,
        Stream.concat(parts.selection().stream(), parts.test().stream())
            .collect(Collectors.toMap(Item::line, Function.identity())));
  }

  /// The row's own answer, then the rung's.
  Pair pair(RungReport.Row row) {
    return judge.pair(items.get(row.line()).reference(), row.answer());
  }

  Optional<Ruling> ruling(RungReport.Row row) {
    return judge.known(pair(row));
  }
}
