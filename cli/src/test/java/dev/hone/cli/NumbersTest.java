package dev.hone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NumbersTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0.0 s",
    "0.44, 0.4 s",
    "9.96, 10 s",
    "59.4, 59 s",
    "59.6, 1 m 00 s",
    "83, 1 m 23 s",
    "3600, 1 h 00 m",
    "7499, 2 h 04 m",
    "86400, 1 d 00 h",
    "273600, 3 d 04 h"
  })
  void durations(double seconds, String shown) {
    assertEquals(shown, Numbers.duration(seconds));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 bytes",
    "999, 999 bytes",
    "1000, 1.0 kB",
    "1234567890, 1.2 GB",
    "999960, 1.0 MB"
  })
  void bytes(long bytes, String shown) {
    assertEquals(shown, Numbers.bytes(bytes));
  }

  @ParameterizedTest
  @CsvSource({
    "0.0003, 0.0003",
    "1e-5, 1e-5",
    "3.5e-7, 3.5e-7",
    "0.3333333333, 0.3333333",
    "0.1, 0.1",
    "32, 32",
    "0.5, 0.5",
    "NaN, NaN",
    "10000, '10,000'"
  })
  void reals(double value, String shown) {
    assertEquals(shown, Numbers.real(value));
  }

  @Test
  void numbersDoNotChangeWithTheUsersLocale() {
    var before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      assertEquals("1,234", Numbers.count(1234));
      assertEquals("1 step", Numbers.count(1, "step"));
      assertEquals("2,000 steps", Numbers.count(2000, "step"));
      assertEquals("3.2139", Numbers.loss(3.21394));
      assertEquals("45.6 %", Numbers.percent(0.456));
      assertEquals("-42.8 %", Numbers.change(1, 0.572));
      assertEquals("134,515,008 (134.5 M)", Numbers.parameters(134_515_008));
      assertEquals("8,030,261,248 (8.03 B)", Numbers.parameters(8_030_261_248L));
      assertEquals("12.3", Numbers.rate(12.34));
      assertEquals("4,321", Numbers.rate(4321.4));
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void tablesAlign() {
    assertEquals(
        List.of("        before  after", "löss       5.6    3.2", "longer      10"),
        Table.ofNumbers()
            .row("", "before", "after")
            .row("löss", "5.6", "3.2")
            .row("longer", "10")
            .lines());
    assertEquals(
        List.of("rows   10", "steps  1,234"),
        Table.ofFacts().row("rows", "10").row("steps", "1,234").lines());
  }

  @Test
  void commandsToCopyAreQuoted() {
    assertEquals(
        "hone tune --data 'my file.jsonl' --out 'it'\\''s' --lr 3e-4 --resume",
        ShellQuotes.resumeCommand(
            List.of(
                "tune", "--resume", "--data", "my file.jsonl", "--out", "it's", "--lr", "3e-4")));
  }
}
