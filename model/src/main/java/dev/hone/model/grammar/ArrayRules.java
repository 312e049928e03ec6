package dev.hone.model.grammar;

import java.util.List;
import java.util.OptionalInt;

/// The rule of a list.
///
/// @param first the rules of the first items, place by place
/// @param later the rule of all others; empty where there may be none
record ArrayRules(GrammarBuilder builder, JsonRules json, List<Integer> first, OptionalInt later) {
  ArrayRules {
    first = List.copyOf(first);
  }

  int array(Bounds count) {
    int close = builder.read(']', GrammarBuilder.EMPTY);
    int places = Math.min(first.size(), count.max());
    int rest = after(places, count, close);
    for (int i = places - 1; i > 0; i--)
      rest = optional(i, count, json.spaced(',', item(i, rest)), close);
    if (places > 0) return open(item(0, rest), count, close);
    if (later.isEmpty() || count.max() == 0) return builder.read('[', close);
    return open(builder.sequence(later.getAsInt(), after(1, count, close)), count, close);
  }

  private int item(int place, int rest) {
    return builder.sequence(first.get(place), rest);
  }

  private int open(int items, Bounds count, int close) {
    return builder.read('[', optional(0, count, items, close));
  }

  /// `more`, or the end if there may be no more than `sofar` items.
  private int optional(int sofar, Bounds count, int more, int close) {
    return sofar >= count.min() ? builder.choice(close, more) : more;
  }

  /// What follows once `sofar` items are there, and all others are alike.
  private int after(int sofar, Bounds count, int close) {
    if (later.isEmpty()) return close;
    int max = count.max() == Rule.Repeat.UNBOUNDED ? count.max() : count.max() - sofar;
    int min = Math.max(0, count.min() - sofar);
    int more = builder.repeat(json.spaced(',', later.getAsInt()), min, max);
    return builder.sequence(more, close);
  }
}
