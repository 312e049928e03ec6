package dev.hone.tune.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.hone.testkit.Golden;
import org.junit.jupiter.api.Test;

/// Against Transformers' get_scheduler: tables by tools/parity/steps.py.
class ScheduleTest {
  @Test
  void factorsMatchTransformers() {
    var golden = Golden.load("schedules");
    for (var name : golden.names()) {
      var parts = name.split("_");
      var schedule = Schedule.valueOf(parts[0].toUpperCase(java.util.Locale.ROOT));
      long warmup = Long.parseLong(parts[1]);
      var table = golden.f64(name);
      for (int step = 0; step < table.length; step++) {
        assertEquals(
            table[step], schedule.factor(step, warmup, table.length), 1e-12, name + " at " + step);
      }
    }
  }

  @Test
  void wsdIsStableAndThenFallsOverTheLastFifth() {
    double[] expected = {0, 0.5, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0.5};
    for (int step = 0; step < expected.length; step++) {
      assertEquals(expected[step], Schedule.WSD.factor(step, 2, 12), 1e-12, "at " + step);
    }
  }
}
