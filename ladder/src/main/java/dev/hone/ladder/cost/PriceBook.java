package dev.hone.ladder.cost;

import dev.hone.model.UsageException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/// Prices on a day: those that come with Hone, and in their place a user's own. Nothing is fetched.
public final class PriceBook {
  /// Older prices are worth a warning.
  public static final int OLD_DAYS = 60;

  private static final String OWN = "prices.yaml";
  private static final int SUGGESTIONS = 8;

  private final LocalDate today;
  private final List<Price> prices;
  private final List<Caching> caching;
  private final List<Event> events;

  private PriceBook(
      LocalDate today, List<Price> prices, List<Caching> caching, List<Event> events) {
    this.today = today;
    this.prices = List.copyOf(prices);
    this.caching = List.copyOf(caching);
    this.events = List.copyOf(events);
  }

  /// The book that comes with Hone.
  ///
  /// @param today prices must hold on that day
  public static PriceBook open(LocalDate today) {
    try (InputStream in = PriceBook.class.getResourceAsStream(OWN)) {
      var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      var file = BookFile.parse(Path.of(OWN), text);
      return new PriceBook(today, file.prices(), file.caching(), file.events());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// With a user's file: what it prices, or says of a provider's cache, is as it says.
  ///
  /// @throws UsageException when it is no price book
  public PriceBook with(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new UsageException(file + ": no such file", "docs/cost.md shows the form of one");
    }
    var own = BookFile.parse(file, Files.readString(file));
    var all = new ArrayList<>(own.prices());
    for (var price : prices) {
      withoutUnitsOf(own.prices(), price).ifPresent(all::add);
    }
    var caches = new ArrayList<>(own.caching());
    caches.addAll(caching);
    var ends = new ArrayList<>(own.events());
    ends.addAll(events);
    return new PriceBook(today, all, caches, ends);
  }

  /// A price less the units that others have for the same item.
  private static Optional<Price> withoutUnitsOf(List<Price> others, Price price) {
    var left = new EnumMap<Unit, Double>(price.usd());
    others.stream()
        .filter(other -> other.name().equals(price.name()))
        .forEach(other -> left.keySet().removeAll(other.usd().keySet()));
    return left.isEmpty() ? Optional.empty() : Optional.of(price.withUsd(left));
  }

  public LocalDate today() {
    return today;
  }

  /// All prices, as the files have them.
  public List<Price> prices() {
    return prices;
  }

  /// The item that is meant: its name, or words that only one item has.
  ///
  /// @return one of its prices
  /// @throws UsageException when there is none, or more than one
  public Price find(String words, Predicate<ItemKind> kinds) {
    var some = prices.stream().filter(price -> kinds.test(price.kind())).toList();
    var exact =
        some.stream()
            .filter(price -> price.name().equals(words) || price.item().equals(words))
            .toList();
    var found = exact.isEmpty() ? some.stream().filter(price -> has(price, words)).toList() : exact;
    var names = found.stream().map(Price::name).distinct().toList();
    if (names.size() == 1) {
      return found.getFirst();
    }
    if (names.isEmpty()) {
      throw new UsageException(
          "the price book has no '%s'".formatted(words),
          "hone cost prices lists what it has; give your own with --prices FILE");
    }
    throw new UsageException(
        "'%s' may be any of %d items".formatted(words, names.size()),
        "say which: " + String.join("; ", names.subList(0, Math.min(SUGGESTIONS, names.size()))));
  }

  private static boolean has(Price price, String words) {
    var name = price.name().toLowerCase(Locale.ROOT);
    return List.of(words.toLowerCase(Locale.ROOT).split("[\\s/]+")).stream()
        .allMatch(name::contains);
  }

  /// What a unit of an item costs today.
  ///
  /// @param promptTokens of a prompt; some prices hold for short ones alone
  public Quote quote(Price item, Unit unit, double promptTokens) {
    var all =
        prices.stream()
            .filter(price -> price.name().equals(item.name()) && price.usd().containsKey(unit))
            .toList();
    var valid =
        all.stream()
            .filter(price -> price.holdsFor(promptTokens) && price.holdsOn(today))
            .max(Comparator.comparing(Price::date));
    return valid
        .map(price -> new Quote(unit, Money.of(price.usd().get(unit)), valid))
        .orElseGet(
            () -> new Quote(unit, new Money.Unknown(why(item, unit, all)), Optional.empty()));
  }

  /// As [#quote(Price, Unit, double)], for what depends on no prompt.
  public Quote quote(Price item, Unit unit) {
    return quote(item, unit, 0);
  }

  private String why(Price item, Unit unit, List<Price> all) {
    return "no price of %s per %s is known%s"
        .formatted(
            item.name(),
            unit.words(),
            all.isEmpty() ? "" : " for %s and prompts of this length".formatted(today));
  }

  public Optional<Caching> caching(String provider) {
    return caching.stream().filter(one -> one.provider().equals(provider)).findFirst();
  }

  /// What ends of an item, the next first; what is past is kept.
  public List<Event> events(Price item) {
    return events.stream()
        .filter(event -> event.isAbout(item))
        .sorted(Comparator.comparing(Event::date))
        .toList();
  }

  public boolean isOld(Price price) {
    return price.ageDays(today) > OLD_DAYS;
  }
}
