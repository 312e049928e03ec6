package dev.hone.server.job;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.hone.server.api.Hyperparameters;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class AutoHyperparametersTest {
  @Test
  void whatWasAskedForStays() {
    var asked = new Hyperparameters(OptionalInt.of(7), OptionalInt.empty(), OptionalDouble.of(2));
    assertEquals(
        new Hyperparameters(OptionalInt.of(7), OptionalInt.of(16), OptionalDouble.of(2)),
        AutoHyperparameters.decide(asked, 1000));
  }
}
