package dev.hone.cli;

import dev.hone.hosted.Budget;
import dev.hone.hosted.HostedName;
import dev.hone.ladder.cost.Cautions;
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
  /// @param budget as `--budget` says
  static Spending of(Optional<Double> budget, PriceBook book) {
    return new Spending(
        budget
            .map(usd -> OptionalDouble.of(Bounds.positive("--budget", usd)))
            .orElse(OptionalDouble.empty()),
        book);
  }

  /// @param isTuned whether its provider is to tune it
  Budget open(Path file, HostedName model, boolean isTuned) throws IOException {
    var tuning = tuning(model);
    boolean isPriced = tuning.training().isPresent() && tuning.use().isPresent();
    return isTuned || isPriced
        ? Budget.open(file, limit, price(model), tuning)
        : Budget.open(file, limit, price(model));
  }

  /// Nobody charges for what is here; empty where it is unknown.
  Optional<Budget.TokenPrice> price(HostedName model) {
    return model.isLocal()
        ? Optional.of(new Budget.TokenPrice(0, 0))
        : item(model).flatMap(this::tokens);
  }

  private Budget.TuningPrice tuning(HostedName model) {
    if (model.isLocal()) {
      return new Budget.TuningPrice(OptionalDouble.of(0), price(model));
    }
    var item = tunedItem(model);
    var training = item.map(price -> book.quote(price, Unit.TRAINING).money().usd());
    return new Budget.TuningPrice(
        training.orElse(OptionalDouble.empty()), item.flatMap(this::tokens));
  }

  private Optional<Budget.TokenPrice> tokens(Price item) {
    var prompt = book.quote(item, Unit.INPUT).money().usd();
    var answer = book.quote(item, Unit.OUTPUT).money().usd();
    return prompt.isPresent() && answer.isPresent()
        ? Optional.of(new Budget.TokenPrice(prompt.getAsDouble(), answer.getAsDouble()))
        : Optional.empty();
  }

  /// When the model ends, and what else is known to come.
  List<String> events(HostedName model) {
    return item(model).map(item -> Cautions.events(book, item)).orElse(List.of());
  }

  /// The same of its tuning, and of what is tuned from it.
  List<String> tuningEvents(HostedName model) {
    return tunedItem(model).map(item -> Cautions.events(book, item)).orElse(List.of());
  }

  /// Of the price book; empty where it lacks the model.
  Optional<Price> item(HostedName model) {
    return item(model.provider().vendor() + "/" + model.model(), ItemKind.MODEL);
  }

  /// What tuning the model costs, and asking what is tuned from it.
  Optional<Price> tunedItem(HostedName model) {
    var name = "%s/%s tuned".formatted(model.provider().vendor(), model.model());
    return item(name, ItemKind.TUNED).filter(price -> price.name().equals(name));
  }

  private Optional<Price> item(String words, ItemKind wanted) {
    try {
      return Optional.of(book.find(words, kind -> kind == wanted));
    } catch (UsageException e) {
      return Optional.empty(); // unknown, which a budget refuses and a report says
    }
  }
}
