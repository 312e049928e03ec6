package dev.hone.tune.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AutoEpochsTest {
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
    assertEquals(epochs, AutoEpochs.of(examples));
  }
}
