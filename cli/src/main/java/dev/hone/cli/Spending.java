package dev.hone.cli;

import dev.hone.hosted.Budget;
import dev.hone.hosted.HostedName;
import dev.hone.ladder.cost.Event;
import dev.hone.ladder.cost.ItemKind;
import dev.hone.ladder.cost.Price;
import dev.hone.ladder.cost.PriceBook;
import dev.hone.ladder.cost.Unit;
import dev.hone.model.UsageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// What a climb may spend on a hosted model, by what its price book says.
///
/// @param limit USD; empty for any
/// @param book as the user's prices make it
record Spending(OptionalDouble limit, PriceBook book) {
  Budget open(Path file, HostedName model) throws IOException {
    return Budget.open(file, limit, price(model));
  }

  /// Nobody charges for what is here; empty where it is unknown.
  Optional<Budget.TokenPrice> price(HostedName model) {
    if (model.isLocal()) {
      return Optional.of(new Budget.TokenPrice(0, 0));
    }
    return item(model)
        .flatMap(price -> {
          var prompt = book.quote(price, Unit.INPUT).money().usd();
          var answer = book.quote(price, Unit.OUTPUT).money().usd();
          return prompt.isPresent() && answer.isPresent()
              ? Optional.of(new Budget.TokenPrice(prompt.getAsDouble(), answer.getAsDouble()))
              : Optional.empty();
        });
  }

  /// When the model ends, and what else is known to come.
  List<Event> events(HostedName model) {
    return item(model).map(book::events).orElse(List.of());
  }

  /// Of the price book; empty where it lacks the model.
  Optional<Price> item(HostedName model) {
    var provider = model.provider().vendor();
    try {
      return Optional.of(book.find(provider + "/" + model.model(), kind -> kind == ItemKind.MODEL));
    } catch (UsageException e) {
      return Optional.empty(); // unknown, which a budget refuses and a report says
    }
  }
}
