package dev.hone.server.grader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.hone.model.UsageException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FormulaTest {
  private static final Map<String, Double> VALUES = Map.of("a", 0.25, "b", 2.0, "min", 7.0);

  private static double of(String formula) {
    return Formula.parse(formula, VALUES.keySet()).of(VALUES);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 | 1",
        ".5e1 + 1. | 6",
        "(a + b) / 2 | 1.125",
        "1 - 2 - 3 | -4",
        "8 / 4 / 2 | 1",
        "2 + 3 * 4 | 14",
        "-2 ^ 2 | -4",
        "2 ^ 3 ^ 2 | 512",
        "2 ^ -1 | 0.5",
        "2 * -3 | -6",
        "--1 | 1",
        "min(3, b, a * 2) | 0.5",
        "max(a) | 0.25",
        "min + 1 | 8",
        "abs(floor(-0.5)) + ceil(0.1) | 2",
        "sqrt(exp(log(16))) | 4",
        "((((a)))) | 0.25"
      })
  void isArithmetic(String formula, double expected) {
    assertEquals(expected, of(formula), 1e-12);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1 / 0", "0 / 0", "sqrt(-1)", "log(0)", "9 ^ 9 ^ 9"})
  void mayHaveNoResult(String formula) {
    assertFalse(Double.isFinite(of(formula)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "1 +",
        "(1",
        "1)",
        "1 2",
        "a b",
        "c",
        "a.b",
        "sin(1)",
        "abs()",
        "abs(1, 2)",
        "min()",
        "*1",
        "1 ** 2",
        "a = 1",
        "__import__('os')",
        "a[0]",
        "1e",
        "1.2.3",
        "a; b",
        "π"
      })
  void isRefusedWhereItIsNone(String formula) {
    assertThrows(UsageException.class, () -> of(formula));
  }

  @Test
  void mayNestAsDeepAsItMayBeLong() {
    assertEquals(1, of("(".repeat(499) + "1" + ")".repeat(499)));
    assertEquals(1, of("-".repeat(998) + "1"));
    assertThrows(UsageException.class, () -> of("-".repeat(1_000) + "1"));
  }
}
