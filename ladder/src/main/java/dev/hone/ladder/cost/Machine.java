package dev.hone.ladder.cost;

import java.util.Comparator;
import java.util.Optional;

/// What a model that is not hosted runs on.
///
/// @param name for people
/// @param perHour price
/// @param price where the price book has it
public record Machine(String name, Money perHour, Optional<Price> price) {
  /// One that its owner has anyway.
  ///
  /// @param perHour what an hour of it counts
  public static Machine own(Money perHour) {
    return new Machine("your own machine", perHour, Optional.empty());
  }

  /// A machine, or a deployment, of the price book.
  public static Machine of(PriceBook book, Price item) {
    return new Machine(
        item.name(), book.quote(item, Unit.HOUR).money(), book.quote(item, Unit.HOUR).price());
  }

  /// The cheapest of the price book with at least so many processors.
  public static Optional<Machine> withProcessors(PriceBook book, int processors) {
    return book.prices().stream()
        .filter(price -> price.vcpus().orElse(0) >= processors)
        .min(Comparator.comparingDouble(price -> price.usd().get(Unit.HOUR)))
        .map(price -> of(book, price));
  }

  /// Whether what is timed on this machine is taken to hold for it: it is the user's, or one
  /// without a graphics processor.
  public boolean isLikeThis() {
    return price.map(any -> any.vcpus().isPresent()).orElse(true);
  }

  public Optional<Gpu> gpu() {
    return price.flatMap(Price::gpu).flatMap(Gpu::of);
  }
}
