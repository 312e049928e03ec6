package dev.hone.tune.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.text.Rendered;
import dev.hone.testkit.Seeds;
import java.util.Arrays;
import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;

class RowRendererTest {
  /// Laid end to end, pieces are the text: each begins with the last token of the one before.
  @ParameterizedTest
  @Seeds(30)
  void piecesHaveEveryTargetOnce(long seed) {
    var random = new SplittableRandom(seed);
    var ids = random.ints(random.nextInt(2, 100), 0, 1000).toArray();
    var trained = new BitSet();
    trained.set(1, ids.length);
    int maxLength = random.nextInt(2, 40);
    int bytes = random.nextInt(1000);
    var pieces = RowRenderer.pieces(new Rendered(ids, trained, bytes), maxLength);
    var joined = Arrays.copyOf(ids, 1);
    for (var piece : pieces) {
      assertTrue(piece.length() <= maxLength);
      assertEquals(piece.length() - 1, piece.trainedTokens());
      assertEquals(joined[joined.length - 1], piece.ids()[0]);
      int end = joined.length;
      joined = Arrays.copyOf(joined, end + piece.length() - 1);
      System.arraycopy(piece.ids(), 1, joined, end, piece.length() - 1);
    }
    assertArrayEquals(ids, joined);
    assertEquals(bytes, pieces.stream().mapToInt(Example::targetBytes).sum());
  }
}
