package dev.hone.tune.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.hone.testkit.Seeds;
import java.util.HashSet;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;

class LongSetTest {
  @ParameterizedTest
  @Seeds(5)
  void holdsWhatAHashSetHolds(long seed) {
    var random = new SplittableRandom(seed);
    var expected = new HashSet<Long>();
    var set = new LongSet();
    for (int i = 0; i < 20_000; i++) {
      long value = random.nextLong(-6_000, 6_000);
      assertEquals(expected.contains(value), set.contains(value));
      assertEquals(expected.add(value), set.add(value));
    }
    assertEquals(expected.size(), set.size());
  }
}
