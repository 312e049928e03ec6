package dev.hone.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

class SeedsTest {
  private static final List<Long> RECEIVED = new ArrayList<>();

  @ParameterizedTest
  @Seeds(3)
  void runsOncePerSeed(long seed) {
    RECEIVED.add(seed);
  }

  @AfterAll
  static void theSeedsAreTheFixedOnes() {
    assertEquals(SeedSource.seeds(3, Long.getLong("seed")).boxed().toList(), RECEIVED);
  }

  @Test
  void areTheSameAtEveryRunAndAGrowingCountKeepsThem() {
    assertArrayEquals(
        SeedSource.seeds(5, null).toArray(), SeedSource.seeds(9, null).limit(5).toArray());
    assertEquals(-6958747601272378155L, SeedSource.seeds(1, null).findFirst().orElseThrow());
  }

  @Test
  void differFromEachOther() {
    assertEquals(1000, SeedSource.seeds(1000, null).distinct().count());
  }

  @Test
  void aReplayedSeedStandsAlone() {
    assertArrayEquals(new long[] {7}, SeedSource.seeds(20, 7L).toArray());
  }
}
