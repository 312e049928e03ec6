package dev.hone.ladder.cost;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/// Something that ends.
///
/// @param items that it is about; empty for all that the provider tunes
/// @param what happens
public record Event(
    String provider,
    List<String> items,
    String what,
    LocalDate date,
    String source,
    Optional<String> readFrom) {
  public Event {
    Price.require(provider, "provider");
    Price.require(what, "what");
    Price.require(date, "date");
    Price.require(source, "source");
    items = items == null ? List.of() : List.copyOf(items); // where the file has none
  }

  boolean isAbout(Price price) {
    return provider.equals(price.provider())
        && (items.isEmpty() ? price.kind() == ItemKind.TUNED : items.contains(price.item()));
  }
}
