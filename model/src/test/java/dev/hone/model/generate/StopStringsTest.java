package dev.hone.model.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

class StopStringsTest {
  private static List<String> pieces(List<String> stop, String... pieces) {
    var strings = new StopStrings(stop);
    var out = new ArrayList<String>();
    for (var piece : pieces) out.add(strings.add(piece));
    out.add(strings.finish());
    return out;
  }

  @Test
  void nothingOfAStopStringComesOut() {
    assertEquals(
        List.of("Yes", "", "", ""), pieces(List.of("\n\nUser:"), "Yes\n", "\nUs", "er: and"));
  }

  @Test
  void whatOnlyLooksLikeOneComesOutAsSoonAsThatIsClear() {
    assertEquals(List.of("a", "", "STOX", ""), pieces(List.of("STOP"), "aS", "TO", "X"));
    assertEquals(List.of("aa", "a", "aab?", ""), pieces(List.of("aab!"), "aaaa", "a", "b?"));
  }

  @Test
  void whatIsHeldBackComesOutAtTheEnd() {
    assertEquals(List.of("a", "ST"), pieces(List.of("STOP"), "aST"));
  }

  @Test
  void theFirstToBeCompleteEndsTheTextAndTheLongestOfThoseCounts() {
    assertEquals(List.of("", ""), pieces(List.of("two", "one two"), "one two"));
    assertEquals(List.of("one ", ""), pieces(List.of("two", "one two three"), "one two three"));
  }

  @Test
  void withoutStopStringsEverythingPasses() {
    assertEquals(List.of("a", "b\uD83D\uDE00", ""), pieces(List.of(), "a", "b\uD83D\uDE00"));
  }

  /// Text over two letters, so that stop strings often begin and often come.
  @ParameterizedTest
  @Seeds(200)
  void theBordersOfPiecesDoNotMatter(long seed) {
    var random = new SplittableRandom(seed);
    var stop = List.of(word(random, 1 + random.nextInt(5)), word(random, 3 + random.nextInt(4)));
    var text = word(random, 30);
    var strings = new StopStrings(stop);
    var out = new StringBuilder();
    for (int at = 0; at < text.length() && !strings.isStopped(); ) {
      int end = Math.min(text.length(), at + 1 + random.nextInt(6));
      out.append(strings.add(text.substring(at, end)));
      at = end;
    }
    out.append(strings.finish());
    var expected = cut(text, stop);
    assertEquals(expected, out.toString(), stop + " in " + text);
    assertEquals(expected.length() < text.length(), strings.isStopped());
  }

  /// By the definition: the shortest beginning of the text that ends in a stop string, without the
  /// longest such.
  private static String cut(String text, List<String> stop) {
    for (int end = 1; end <= text.length(); end++) {
      var head = text.substring(0, end);
      var longest = stop.stream().filter(head::endsWith).mapToInt(String::length).max();
      if (longest.isPresent()) return head.substring(0, end - longest.getAsInt());
    }
    return text;
  }

  private static String word(SplittableRandom random, int length) {
    var word = new StringBuilder();
    for (int i = 0; i < length; i++) word.append((char) ('a' + random.nextInt(2)));
    return word.toString();
  }

  @Test
  void nothingComesAfterTheEnd() {
    var strings = new StopStrings(List.of("."));
    assertFalse(strings.isStopped());
    assertEquals("a", strings.add("a.b"));
    assertTrue(strings.isStopped());
    assertEquals("", strings.add("c"));
    assertEquals("", strings.finish());
  }
}
