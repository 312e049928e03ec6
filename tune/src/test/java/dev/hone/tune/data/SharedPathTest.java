package dev.hone.tune.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SharedPathTest {
  private final SharedPath path = new SharedPath(100);

  /// Two rows that have 20 positions in common, and a third.
  private int sharedByTheThird(int common) {
    path.follow(path.shared(0), 50);
    path.follow(path.shared(20), 40);
    return path.shared(common);
  }

  @Test
  void aPieceOfLessThanEightPositionsIsNotCutOff() {
    assertEquals(0, sharedByTheThird(7));
    assertEquals(8, sharedByTheThird(8));
    assertEquals(20, sharedByTheThird(27));
    assertEquals(28, sharedByTheThird(28));
  }

  @Test
  void whatEndsWithAPieceIsSharedHoweverShortItIs() {
    assertEquals(20, sharedByTheThird(20));
    assertEquals(40, sharedByTheThird(40));
    path.follow(0, 3);
    assertEquals(3, path.shared(3));
  }

  @Test
  void aRowThatSharesNothingBeginsANewPath() {
    assertEquals(20, sharedByTheThird(20));
    path.follow(0, 30);
    assertEquals(25, path.shared(25));
  }
}
