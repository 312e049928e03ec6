package dev.hone.server.job;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.hone.server.api.Hyperparameters;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AutoHyperparametersTest {
  /// The cookbook's function, by hand.
  @ParameterizedTest
  @CsvSource({
    "1, 25",
    "3, 25",
    "4, 25",
    "10, 10",
    "20, 5",
    "33, 3",
    "34, 3",
    "8333, 3",
    "8334, 2",
    "12500, 2",
    "12501, 1",
    "25001, 1",
    "1000000, 1"
  })
  void epochsFollowTheNumberOfExamples(long examples, int epochs) {
    assertEquals(epochs, AutoHyperparameters.epochs(examples));
  }

  @Test
  void whatWasAskedForStays() {
    var asked = new Hyperparameters(OptionalInt.of(7), OptionalInt.empty(), OptionalDouble.of(2));
    assertEquals(
        new Hyperparameters(OptionalInt.of(7), OptionalInt.of(16), OptionalDouble.of(2)),
        AutoHyperparameters.decide(asked, 1000));
  }
}
