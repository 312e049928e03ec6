package dev.hone.ladder.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PriceBookTest {
  private static final LocalDate DAY = LocalDate.of(2026, 11, 22);

  @TempDir private Path dir;

  private static Quote quote(PriceBook book, String item, Unit unit) {
    return book.quote(book.find(item, kind -> true), unit);
  }

  private static OptionalDouble usd(PriceBook book, String item, Unit unit) {
    return quote(book, item, unit).money().usd();
  }

  private PriceBook with(String text) throws IOException {
    return PriceBook.open(DAY).with(Files.writeString(dir.resolve("mine.yaml"), text));
  }

  @Test
  void everyFigureHasADateAndASource() {
    var prices = PriceBook.open(DAY).prices();
    assertEquals(304, prices.stream().mapToInt(price -> price.usd().size()).sum());
    for (var price : prices) {
      assertFalse(price.source().isBlank() || price.date().isAfter(DAY), price.name());
    }
  }

  @Test
  void aPriceHoldsOnItsDays() {
    var until = PriceBook.open(LocalDate.of(2026, 12, 31));
    assertEquals(OptionalDouble.of(0.75), usd(until, "gemini-3.7-flash", Unit.INPUT));
    var from = PriceBook.open(LocalDate.of(2027, 1, 1));
    assertEquals(OptionalDouble.of(1.5), usd(from, "gemini-3.7-flash", Unit.INPUT));
    assertEquals(
        new Money.Unknown(
            "no price of openai/gpt-4o per 1M input tokens is known for 2027-02-01 and prompts of"
                + " this length"),
        quote(PriceBook.open(LocalDate.of(2027, 2, 1)), "gpt-4o", Unit.INPUT).money());
  }

  @Test
  void aPriceHoldsForItsPrompts() {
    var book = PriceBook.open(DAY);
    var haiku = book.find("claude-haiku-5.5", kind -> true);
    assertEquals(OptionalDouble.of(0.1), book.quote(haiku, Unit.INPUT, 100_000).money().usd());
    assertEquals(OptionalDouble.of(0.5), book.quote(haiku, Unit.INPUT, 100_001).money().usd());
    var sol = book.find("gpt-6-sol", kind -> true);
    assertInstanceOf(Money.Unknown.class, book.quote(sol, Unit.INPUT, 300_000).money());
  }

  @Test
  void whatIsNotPricedIsUnknownAndNeverFree() {
    var nothing = quote(PriceBook.open(DAY), "gemini-2.5-flash tuned", Unit.OUTPUT).money();
    assertEquals("unknown", nothing.words());
    assertEquals(nothing, Money.of(5).plus(nothing).plus(Money.of(7)).times(3));
    assertEquals(Money.ZERO, nothing.times(0));
  }

  @Test
  void anItemIsFoundByWordsThatOnlyItHas() {
    var book = PriceBook.open(DAY);
    assertEquals(
        "runpod/H100 SXM community cloud", book.find("h100 sxm community", kind -> true).name());
    assertEquals("hyperstack/H100 SXM", book.find("H100 SXM", kind -> true).name());
    var many = assertThrows(UsageException.class, () -> book.find("H100", kind -> true));
    assertTrue(many.getMessage().contains("may be any of"), many.getMessage());
    var none = assertThrows(UsageException.class, () -> book.find("gpt-9", kind -> true));
    assertEquals("the price book has no 'gpt-9'", none.getMessage());
  }

  @Test
  void aUsersFileTakesThePlaceOfWhatItPrices() throws IOException {
    var book =
        with(
            """
            prices:
              - provider: openai
                item: gpt-6-luna
                kind: model
                usd: {input: 0.05}
                date: 2026-11-20
                source: our contract
              - {provider: us, item: big box, kind: machine, usd: {hour: 0.36}, date: 2026-11-01, source: finance}
            events:
              - {provider: us, items: [big box], what: returned, date: 2027-03-01, source: finance}
            """);
    var input = quote(book, "gpt-6-luna", Unit.INPUT);
    assertEquals(Money.of(0.05), input.money());
    assertEquals("our contract", input.price().orElseThrow().source());
    assertEquals(OptionalDouble.of(0.5), usd(book, "gpt-6-luna", Unit.OUTPUT));
    assertEquals(OptionalDouble.of(0.36), usd(book, "big box", Unit.HOUR));
    assertEquals("returned", book.events(book.find("big box", k -> true)).getFirst().what());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          prices: [{provider: a, item: b, kind: model, usd: {input: 1}, source: s}]                   | line 1: prices[0]: date is missing
          prices: [{provider: a, item: b, kind: robot, usd: {input: 1}, date: 2026-01-01, source: s}] | line 1: prices[0].kind: 'robot' does not fit
          prices: [{provider: a, item: b, kind: model, usd: {input: x}, date: 2026-01-01, source: s}] | line 1: prices[0].usd.input: 'x' does not fit
          prices: [{provider: a, item: b, kind: model, usd: {input: -1}, date: 2026-01-01, source: s}] | line 1: prices[0]: usd: a price is a number from 0 on
          prices: [{provider: a, item: b, kind: model, usd: {in: 1}, date: 2026-01-01, source: s}]    | line 1: prices[0].usd: 'in' does not fit
          prices: [{provider: a, item: b, kind: model, usd: {input: 1}, date: soon, source: s}]       | line 1: prices[0].date: 'soon' does not fit
          prizes: []                                                                                  | line 1: prizes: no such field
          prices: [                                                                                   | line 1:
          """)
  void aMistakeInAUsersFileIsNamedByLineAndField(String text, String said) {
    var error = assertThrows(UsageException.class, () -> with("# mine\n" + text));
    assertTrue(
        error.getMessage().contains("mine.yaml, " + said.replace("line 1", "line 2")),
        error.getMessage());
  }

  @Test
  void aMistakeInALongerEntryIsFoundToo() {
    var text =
        "prices:\n  - provider: us\n    item: box\n    kind: machine\n    usd: {hour: x}\n"
            + "    date: 2026-01-01\n    source: s\n";
    var error = assertThrows(UsageException.class, () -> with(text));
    assertTrue(error.getMessage().contains("line 5: prices[0].usd.hour"), error.getMessage());
  }

  @Test
  void pricesAgeAndModelsEnd() {
    var book = PriceBook.open(DAY);
    assertTrue(book.isOld(quote(book, "gpt-5.5", Unit.INPUT).price().orElseThrow()));
    assertFalse(book.isOld(quote(book, "gpt-6.1-terra", Unit.INPUT).price().orElseThrow()));
    assertEquals(
        LocalDate.of(2027, 1, 14),
        book.events(book.find("gpt-4o-mini", kind -> true)).getFirst().date());
    var tuned = book.events(book.find("gpt-4o-mini tuned", kind -> true));
    assertEquals(4, tuned.size());
    assertEquals(0, book.events(book.find("gpt-6-luna", kind -> true)).size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0         | $0
          0.0000315 | $0.0000315
          0.405     | $0.405
          1.485     | $1.49
          52.5      | $52.50
          1963.7    | $1,964
          """)
  void moneyIsReadable(double usd, String words) {
    assertEquals(words, Money.of(usd).words());
    assertEquals("$0.1785", Money.of(0.1785).exact());
  }
}
