package dev.hone.rag.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RanksTest {
  private final Ranks ranks = new Ranks(new int[] {1, 2, 0, 11});

  @Test
  void measuresFollowTheirDefinitions() {
    assertEquals(0.25, ranks.recall(1));
    assertEquals(0.5, ranks.recall(5));
    assertEquals(0.75, ranks.recall(20));
    assertEquals((1 + 0.5) / 4, ranks.reciprocal());
    assertEquals((1 + 1 / (Math.log(3) / Math.log(2))) / 4, ranks.ndcg(), 1e-12);
  }

  @Test
  void anIntervalHoldsItsMeanAndShrinksWithTheSpread() {
    var values = new double[400];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 2;
    }
    var interval = Interval.of(values);
    assertEquals(0.5, interval.mean());
    // Normal approximation: 0.5 ± 1.96 · 0.5 / √400.
    assertEquals(0.451, interval.low(), 0.01);
    assertEquals(0.549, interval.high(), 0.01);
    var none = Interval.ofDifference(ranks, ranks);
    assertTrue(none.low() == 0 && none.high() == 0);
  }
}
