package dev.hone.ladder.cost;

import java.util.List;

/// One way to answer, and what it costs.
///
/// @param rung by name
/// @param where answers are computed: an item of the price book, or a machine
/// @param once to be paid before the first answer
/// @param terms of all this
/// @param prices that it stands on
public record Way(
    String rung,
    String where,
    Tokens tokens,
    Running running,
    Money once,
    List<Term> terms,
    List<Price> prices) {
  public Way {
    terms = List.copyOf(terms);
    prices = List.copyOf(prices);
  }
}
