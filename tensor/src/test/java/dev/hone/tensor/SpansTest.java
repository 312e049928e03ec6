package dev.hone.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class SpansTest {
  /// `a` with `b` and `c` on it, cut after its second token.
  @Test
  void whatStoodOnASpanStandsOnItsRestOnceItIsCut() {
    var spans = new Spans(5);
    int a = spans.add(0, 5, Spans.NOTHING);
    int b = spans.add(5, 3, a);
    int c = spans.add(8, 1, a);
    spans.split(a, 2);
    int rest = 3;
    int d = spans.add(9, 4, a);
    assertEquals("0+2 on -1 at 0", text(spans, a));
    assertEquals("2+3 on 0 at 2", text(spans, rest));
    assertEquals("5+3 on 3 at 5", text(spans, b));
    assertEquals("8+1 on 3 at 5", text(spans, c));
    assertEquals("9+4 on 0 at 2", text(spans, d));
  }

  @Test
  void aQuerySeesWhatIsBelowAndItself() {
    var spans = new Spans(2);
    spans.add(4, 2, spans.add(0, 3, Spans.NOTHING));
    assertEquals(1 + 2 + 3 + 4 + 5, spans.pairs());
    assertEquals(8 + 9, Spans.extending(7, 2).pairs(), "a cache asks nothing");
  }

  private static String text(Spans spans, int s) {
    return "%d+%d on %d at %d"
        .formatted(spans.keyRow(s), spans.length(s), spans.base(s), spans.past(s));
  }

  @Test
  void extendingStandsOnWhatIsThere() {
    var fresh = Spans.extending(0, 4);
    assertEquals(1, fresh.size());
    assertEquals("0+4 on -1 at 0", text(fresh, 0));
    var later = Spans.extending(7, 4);
    assertFalse(later.hasQueries(0));
    assertEquals("7+4 on 0 at 7", text(later, 1));
    assertEquals(0, later.queryRow(1));
  }

  @Test
  void neighboursAreOneRangeOfKeys() {
    var spans = new Spans(4);
    int a = spans.add(0, 5, Spans.NOTHING);
    int b = spans.add(5, 3, a);
    int c = spans.add(8, 2, a);
    int d = spans.add(10, 2, c);
    var ranges = new KeyRanges();
    ranges.set(spans, b);
    assertEquals(1, ranges.size());
    assertEquals(0, ranges.row(0));
    assertEquals(7, ranges.length(0, 7));
    ranges.set(spans, d);
    assertEquals(2, ranges.size());
    assertEquals(8, ranges.row(0));
    assertEquals(5, ranges.column(0));
    assertEquals(3, ranges.length(0, 8));
    assertEquals(0, ranges.row(1));
    assertEquals(0, ranges.column(1));
    assertEquals(5, ranges.length(1, 8));
  }

  @Test
  void manyRangesFit() {
    var spans = new Spans(40);
    for (int s = 0; s < 40; s++) {
      spans.add(2 * s, 1, s - 1);
    }
    var ranges = new KeyRanges();
    ranges.set(spans, 39);
    assertEquals(40, ranges.size());
    assertEquals(78, ranges.row(0));
    assertEquals(0, ranges.row(39));
  }

  @Test
  void emptySpansAndUnknownBasesAreRefused() {
    var spans = new Spans(3);
    assertThrows(ShapeException.class, () -> spans.add(0, 0, Spans.NOTHING));
    assertThrows(ShapeException.class, () -> spans.add(0, 1, 0));
    spans.add(0, 4, Spans.NOTHING);
    assertThrows(ShapeException.class, () -> spans.split(0, 0));
    assertThrows(ShapeException.class, () -> spans.split(0, 4));
    assertEquals(1, spans.size());
  }
}
