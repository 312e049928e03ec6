package dev.hone.ladder.task;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Rows that ask the same and answer otherwise: nothing can be right on all of them.
///
/// @param rows in all
/// @param contradicted that have another answer to what they ask beside them
/// @param lost the fewest that any solution gets wrong: those without their question's most
///   frequent answer
/// @param example lines of two that contradict one another
public record Contradictions(int rows, int contradicted, int lost, Optional<Pair> example) {
  /// Lines of the file, from 1.
  public record Pair(long one, long other) {}

  public static Contradictions of(List<Item> items) {
    var byQuestion = new HashMap<Object, List<Item>>();
    for (var item : items) {
      byQuestion.computeIfAbsent(item.asked(), any -> new ArrayList<>()).add(item);
    }
    int contradicted = 0;
    int lost = 0;
    Optional<Pair> example = Optional.empty();
    for (var same : byQuestion.values()) {
      var counts =
          same.stream().collect(Collectors.groupingBy(Item::answer, Collectors.counting()));
      if (counts.size() > 1) {
        contradicted += same.size();
        lost += same.size() - counts.values().stream().mapToInt(Long::intValue).max().orElse(0);
        var found = pair(same);
        example = example.filter(pair -> pair.one() < found.one()).or(() -> Optional.of(found));
      }
    }
    return new Contradictions(items.size(), contradicted, lost, example);
  }

  private static Pair pair(List<Item> same) {
    var first = same.getFirst();
    var other =
        same.stream().filter(item -> !item.answer().equals(first.answer())).findFirst().get();
    return new Pair(first.line(), other.line());
  }
}
