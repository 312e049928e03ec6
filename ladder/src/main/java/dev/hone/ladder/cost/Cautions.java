package dev.hone.ladder.cost;

import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What is to be kept in mind about costs: old prices, models that end, prices that are missing.
public final class Cautions {
  private Cautions() {}

  /// Sentences, each once.
  public static List<String> of(PriceBook book, List<Way> ways) {
    var all = new LinkedHashSet<String>();
    for (var way : ways) {
      way.prices().forEach(price -> all.addAll(of(book, price)));
    }
    for (var way : ways) {
      addUnknown(way, all);
    }
    return new ArrayList<>(all);
  }

  private static List<String> of(PriceBook book, Price price) {
    var all = new ArrayList<>(events(book, price));
    if (book.isOld(price)) {
      all.add(
          "%s: the price is %d days old (%s); look it up again, and give yours with --prices"
              .formatted(price.name(), price.ageDays(book.today()), price.date()));
    }
    return all;
  }

  /// When an item ends, and what else is known to come.
  public static List<String> events(PriceBook book, Price price) {
    return book.events(price).stream().map(event -> words(book, price, event)).toList();
  }

  private static String words(PriceBook book, Price price, Event event) {
    long days = ChronoUnit.DAYS.between(book.today(), event.date());
    var when = days < 0 ? "since %s" : days == 0 ? "today, %s" : "on %s, in " + days + " days";
    return "%s: %s %s (%s)"
        .formatted(price.name(), event.what(), when.formatted(event.date()), event.source());
  }

  private static void addUnknown(Way way, Set<String> all) {
    for (var term : way.terms()) {
      if (term.money() instanceof Money.Unknown(var why)) {
        all.add(why);
      }
    }
    boolean isUnlimited =
        way.running().replica().filter(r -> r.requestsPerSecond().isEmpty()).isPresent();
    if (isUnlimited) {
      all.add(
          "%s: how many answers a second it gives is not known, so one is taken to be enough"
              .formatted(way.where()));
    }
  }
}
