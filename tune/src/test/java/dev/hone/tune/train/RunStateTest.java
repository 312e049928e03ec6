package dev.hone.tune.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// Which step is the best one.
class RunStateTest {
  private static final OptionalDouble NONE = OptionalDouble.empty();

  private static Measured measured(double loss, OptionalDouble metric) {
    return new Measured(new Evaluation(loss, 1, 0, 1), metric);
  }

  private static RunState start(OptionalDouble metric) {
    return RunState.start(measured(9, metric), new Evaluation(1, 1, 0, 1), "f");
  }

  private static RunState after(RunState state, double loss, OptionalDouble metric) {
    return state
        .afterStep(new Evaluation(1, 1, 0, 1), 1, 1)
        .afterEvaluation(measured(loss, metric));
  }

  private static RunState after(RunState state, double loss, double metric) {
    return after(state, loss, OptionalDouble.of(metric));
  }

  @Test
  void withoutAMetricTheLeastLossIsBest() {
    var state = after(after(after(start(NONE), 3, NONE), 2, NONE), 2, NONE);
    assertEquals(2, state.bestStep());
    assertEquals(2, state.bestLoss());
    assertEquals(1, state.worseInARow());
  }

  @Test
  void theGreatestMetricIsBestWhateverTheLoss() {
    var state = after(after(after(start(NONE), 3, 0.2), 4, 0.5), 1, 0.4);
    assertEquals(2, state.bestStep());
    assertEquals(4, state.bestLoss());
    assertEquals(OptionalDouble.of(0.5), state.bestMetric());
  }

  @Test
  void tiesAreBrokenByLossAndThenByWhatCameFirst() {
    var first = after(start(NONE), 3, 0.5);
    var second = after(first, 2, 0.5);
    assertEquals(2, second.bestStep());
    assertEquals(2, after(second, 2, 0.5).bestStep());
    assertEquals(2, after(second, 2.5, 0.5).bestStep());
  }

  @Test
  void patienceWaitsForABetterMetric() {
    var tied = after(after(start(NONE), 3, 0.5), 2, 0.5);
    assertEquals(1, tied.worseInARow(), "a smaller loss is no better metric");
    assertEquals(2, after(tied, 1, 0.4).worseInARow());
    assertEquals(0, after(tied, 4, 0.6).worseInARow());
  }

  @Test
  void untilTheMetricHasRisenPatienceWaitsForASmallerLoss() {
    var still = after(after(start(OptionalDouble.of(0)), 3, 0), 2, 0);
    assertEquals(0, still.worseInARow());
    assertEquals(1, after(still, 2.5, 0).worseInARow());
    assertEquals(1, after(after(still, 1.5, 0.1), 1, 0.1).worseInARow());
  }

  @Test
  void aMetricOfNothingIsOneToo() {
    assertEquals(1, after(start(OptionalDouble.of(0)), 3, 0).bestStep());
  }

  @Test
  void whatIsStoredComesBack() {
    var json = JsonMapper.shared();
    var with = after(start(OptionalDouble.of(0.1)), 3, 1 / 3.0);
    assertEquals(with, json.readValue(json.writeValueAsString(with), RunState.class));
    var without = after(start(NONE), 3, NONE);
    assertEquals(without, json.readValue(json.writeValueAsString(without), RunState.class));
    assertFalse(
        json.writeValueAsString(without).toLowerCase(java.util.Locale.ROOT).contains("metric"));
  }
}
