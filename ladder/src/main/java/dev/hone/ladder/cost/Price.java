package dev.hone.ladder.cost;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/// What one item costs, as a source said on a day.
///
/// @param usd by unit, at least one
/// @param upToTokens longest prompt that these prices hold for
/// @param aboveTokens prompts must be longer
/// @param from first day
/// @param until last day
/// @param vcpus of a machine
/// @param gpu of a machine that has one, where its rate is known: see [Gpu]
/// @param hostedOn item of the same provider that a tuned model must run on
/// @param date when the source said so, or was read
/// @param readFrom the copy of the source that was read
/// @param tools whether the model calls tools; empty where nobody has said so
public record Price(
    String provider,
    String item,
    ItemKind kind,
    Map<Unit, Double> usd,
    OptionalLong upToTokens,
    OptionalLong aboveTokens,
    Optional<LocalDate> from,
    Optional<LocalDate> until,
    OptionalInt vcpus,
    Optional<String> gpu,
    Optional<String> hostedOn,
    LocalDate date,
    String source,
    Optional<String> readFrom,
    Optional<String> note,
    Optional<Boolean> tools) {

  public Price {
    require(provider, "provider");
    require(item, "item");
    require(kind, "kind");
    require(usd, "usd");
    require(date, "date");
    require(source, "source");
    if (usd.isEmpty()) {
      throw new IllegalArgumentException("usd has no price");
    }
    for (var price : usd.entrySet()) {
      if (price.getValue() == null || !(price.getValue() >= 0)) {
        throw new IllegalArgumentException(
            "usd: a price is a number from 0 on; leave out what is not known");
      }
    }
    usd = Map.copyOf(usd);
  }

  static void require(Object value, String field) {
    if (value == null) {
      throw new IllegalArgumentException(field + " is missing");
    }
  }

  /// `provider/item`
  public String name() {
    return provider + "/" + item;
  }

  Price withUsd(Map<Unit, Double> other) {
    return new Price(
        provider,
        item,
        kind,
        other,
        upToTokens,
        aboveTokens,
        from,
        until,
        vcpus,
        gpu,
        hostedOn,
        date,
        source,
        readFrom,
        note,
        tools);
  }

  /// With date and source: all that is needed to look it up again.
  public String words() {
    var units =
        usd.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(e -> "%s per %s".formatted(Money.of(e.getValue()).exact(), e.getKey().words()))
            .collect(Collectors.joining(", "));
    var context =
        (upToTokens.isPresent()
                ? ", prompts up to %,d tokens".formatted(upToTokens.getAsLong())
                : "")
            + (aboveTokens.isPresent()
                ? ", prompts above %,d tokens".formatted(aboveTokens.getAsLong())
                : "")
            + from.map(day -> ", from " + day).orElse("")
            + until.map(day -> ", until " + day).orElse("")
            + tools.map(calls -> calls ? ", calls tools" : ", calls no tools").orElse("")
            + note.map(text -> " (" + text + ")").orElse("");
    return "%s: %s%s; %s, %s".formatted(name(), units, context, date, source);
  }

  /// Whether it is a model that answers, and no machine or index.
  public boolean isOfModel() {
    return kind == ItemKind.MODEL || kind == ItemKind.TUNED;
  }

  boolean holdsFor(double promptTokens) {
    return promptTokens <= upToTokens.orElse(Long.MAX_VALUE)
        && (aboveTokens.isEmpty() || promptTokens > aboveTokens.getAsLong());
  }

  boolean holdsOn(LocalDate day) {
    return !from.filter(day::isBefore).isPresent() && !until.filter(day::isAfter).isPresent();
  }

  /// Days since it was said.
  public long ageDays(LocalDate today) {
    return ChronoUnit.DAYS.between(date, today);
  }
}
