package dev.hone.ladder.cost;

import java.util.Optional;

/// What the price book says to a question.
///
/// @param price that answers it; empty where it has none
/// @param money for one unit
public record Quote(Unit unit, Money money, Optional<Price> price) {
  /// `$0.1 per 1M input tokens`
  public String words() {
    return "%s per %s".formatted(money.exact(), unit.words());
  }
}
