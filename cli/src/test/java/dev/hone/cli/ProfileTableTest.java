package dev.hone.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.tensor.ProductRate;
import dev.hone.tensor.Stopwatch;
import dev.hone.tensor.Stopwatch.Operation;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ProfileTableTest {
  @Test
  void productsAreComparedWithTheMachine() {
    var times = new Stopwatch();
    times.counts(true);
    times.lap(Operation.BASE, 1000, 1000, 1000);
    var shell = new TestShell();
    new ProfileTable(times, times.flop() / times.seconds() * 4).print(shell.shell().out());
    assertTrue(
        shell.out().contains("a thread (25 % of the machine's) while they run"), shell.out());
  }

  @Test
  void everyMachineMultiplies() {
    assertTrue(ProductRate.measure(2, Duration.ofMillis(5)) > 1e8);
  }
}
