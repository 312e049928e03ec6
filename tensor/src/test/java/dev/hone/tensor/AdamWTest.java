package dev.hone.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.hone.testkit.Seeds;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

class AdamWTest {
  /// Parameter, gradient and moments of `n` elements.
  private record State(Tensor param, Tensor grad, Tensor m, Tensor v) {
    static State random(long seed, int n) {
      var random = new SplittableRandom(seed);
      var v = Tensors.normal(random, 1, n);
      for (int i = 0; i < n; i++) {
        v.set(0, i, Math.abs(v.get(0, i)));
      }
      return new State(
          Tensors.normal(random, 1, n),
          Tensors.normal(random, 1, n),
          Tensors.normal(random, 1, n),
          v);
    }

    void update(long from, long to, AdamW.Step step) {
      AdamW.update(param, grad, m, v, from, to, step);
    }
  }

  private static final AdamW.Step STEP = AdamW.Step.of(7, 3e-3, 0.1, 0.9, 0.999, 1e-8, 0.37);

  @ParameterizedTest
  @Seeds(50)
  void cutAnywhereGivesTheBitsOfUncut(long seed) {
    var random = new SplittableRandom(seed);
    int n = random.nextInt(1, 300);
    var whole = State.random(seed, n);
    var cut = State.random(seed, n);
    whole.update(0, n, STEP);
    int from = 0;
    while (from < n) {
      int to = random.nextInt(from, n) + 1;
      cut.update(from, to, STEP);
      from = to;
    }
    assertArrayEquals(whole.param().toArray(), cut.param().toArray());
    assertArrayEquals(whole.m().toArray(), cut.m().toArray());
    assertArrayEquals(whole.v().toArray(), cut.v().toArray());
  }

  @Test
  void rangeLeavesTheRestAlone() {
    var state = State.random(1, 60);
    var before = state.param().toArray();
    state.update(17, 41, STEP);
    for (int i = 0; i < 60; i++) {
      assertEquals(i >= 17 && i < 41, before[i] != state.param().get(0, i), "element " + i);
    }
  }

  @Test
  void decayAppliesWithoutGradient() {
    var param = Tensors.full(1, 20, 2f);
    var zero = Tensors.zeros(1, 20);
    AdamW.update(
        param,
        zero,
        Tensors.zeros(1, 20),
        Tensors.zeros(1, 20),
        0,
        20,
        AdamW.Step.of(1, 0.1, 0.5, 0.9, 0.999, 1e-8, 1));
    assertArrayEquals(Tensors.full(1, 20, 2f * 0.95f).toArray(), param.toArray());
  }

  @Test
  void firstStepMovesEveryParameterByTheLearningRate() {
    var param = Tensors.zeros(1, 20);
    AdamW.update(
        param,
        Tensors.full(1, 20, -5f),
        Tensors.zeros(1, 20),
        Tensors.zeros(1, 20),
        0,
        20,
        AdamW.Step.of(1, 0.1, 0.5, 0.9, 0.999, 1e-8, 1));
    for (float value : param.toArray()) {
      assertEquals(0.1f, value, 1e-6f);
    }
  }

  @Test
  void rangesOutsideTheBlocksAreRefused() {
    var state = State.random(1, 10);
    var e = assertThrows(ShapeException.class, () -> state.update(3, 11, STEP));
    assertEquals(
        "adamW: range [3, 11) leaves param (1, 10), grad (1, 10), m (1, 10) or v (1, 10)",
        e.getMessage());
    assertThrows(ShapeException.class, () -> state.update(-1, 3, STEP));
    assertThrows(ShapeException.class, () -> state.update(4, 3, STEP));
    assertThrows(
        ShapeException.class,
        () -> AdamW.update(state.param(), Tensors.zeros(1, 9), state.m(), state.v(), 0, 10, STEP));
  }
}
