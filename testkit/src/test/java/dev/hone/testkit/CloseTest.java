package dev.hone.testkit;

import static dev.hone.testkit.Close.assertClose;
import static dev.hone.testkit.Close.assertMaxRelativeError;
import static dev.hone.testkit.Close.maxRelativeError;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class CloseTest {
  private static final float NAN = Float.NaN;
  private static final float INFINITY = Float.POSITIVE_INFINITY;

  @Test
  void acceptsWhatEitherToleranceCovers() {
    assertClose(values(100, 0), values(100.5f, 0), 0.01, 0);
    assertClose(values(0, 1), values(0.001f, 1), 0, 0.01);
    assertClose(values(), values(), 0, 0);
    assertClose(values(INFINITY), values(INFINITY), 0, 0);
  }

  @Test
  void refusesWhatNeitherCoversAndNamesTheWorst() {
    var message = failure(() -> assertClose(values(1, 2, 100), values(1, 2.5f, 100.6f), 0.01, 0));
    assertTrue(message.contains("index 1 of 3: expected 2.0, got 2.5"), message);
    assertTrue(message.contains("max relative error 0.00600"), message);
  }

  @Test
  void nanIsNeverClose() {
    assertTrue(
        failure(() -> assertClose(values(0, NAN), values(5, NAN), 1, 1)).contains("index 1"));
    failure(() -> assertClose(values(1), values(NAN), 1, 1));
    failure(() -> assertMaxRelativeError(values(1, 1), values(NAN, 1), 1));
    failure(() -> assertMaxRelativeError(values(NAN), values(1), 1));
  }

  @Test
  void infinityIsCloseToNothingElse() {
    failure(() -> assertClose(values(1), values(INFINITY), 1, 1));
    failure(() -> assertClose(values(INFINITY), values(1), 1, 1));
    failure(() -> assertMaxRelativeError(values(1), values(INFINITY), 1));
  }

  @Test
  void lengthsMustAgree() {
    assertEquals(
        "expected 2 values, got 1", failure(() -> assertClose(values(1, 2), values(1), 1, 1)));
    assertEquals(
        "expected 2 values, got 1", failure(() -> maxRelativeError(values(1, 2), values(1))));
  }

  @Test
  void maxRelativeErrorIsMeasuredAgainstTheLargestExpectedValue() {
    assertEquals(0.01, maxRelativeError(values(0, -100), values(1, -100)));
    assertEquals(0, maxRelativeError(values(0, 0), values(0, 0)));
    assertEquals(Double.POSITIVE_INFINITY, maxRelativeError(values(0), values(1)));
  }

  @Test
  void assertMaxRelativeErrorComparesWithItsLimit() {
    assertMaxRelativeError(values(0, -100), values(1, -100), 0.01);
    var message = failure(() -> assertMaxRelativeError(values(0, -100), values(1, -100), 0.009));
    assertEquals(
        "max relative error 0.0100 is above 0.00900; worst at index 0 of 2: expected 0.0, got 1.0",
        message);
  }

  private static float[] values(float... values) {
    return values;
  }

  private static String failure(Runnable assertion) {
    return assertThrows(AssertionError.class, assertion::run).getMessage();
  }
}
