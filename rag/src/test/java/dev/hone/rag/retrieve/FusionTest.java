package dev.hone.rag.retrieve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.hone.rag.store.Scored;
import java.util.List;
import org.junit.jupiter.api.Test;

class FusionTest {
  private static final List<Scored> WORDS =
      List.of(new Scored(1, 20), new Scored(2, 15), new Scored(3, 10));
  private static final List<Scored> VECTORS = List.of(new Scored(4, 0.9), new Scored(2, 0.7));

  @Test
  void convexAddsNormalisedScores() {
    assertEquals(
        List.of(new Scored(1, 0.5), new Scored(4, 0.5), new Scored(2, 0.25), new Scored(3, 0)),
        new Fusion.Convex(0.5).fuse(WORDS, VECTORS));
  }

  @Test
  void reciprocalRankAddsRanks() {
    var fused = new Fusion.ReciprocalRank(60).fuse(WORDS, VECTORS);
    assertEquals(new Scored(2, 2 / 62.0), fused.getFirst());
  }

  @Test
  void aLegThatFoundNothingChangesNothing() {
    assertEquals(
        List.of(1L, 2L, 3L),
        Fusion.DEFAULT.fuse(WORDS, List.of()).stream().map(Scored::id).toList());
  }
}
