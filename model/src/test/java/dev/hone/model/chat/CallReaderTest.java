package dev.hone.model.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.testkit.Seeds;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

class CallReaderTest {
  private static final String CALL = "{\"name\": \"order\", \"arguments\": {\"n\": 1}}";

  private record Read(String text, int calls) {}

  private static Read read(String answer, SplittableRandom random) {
    var reader = new CallReader(Set.of("order"));
    var text = new StringBuilder();
    for (int from = 0; from < answer.length(); ) {
      int to = Math.min(answer.length(), from + random.nextInt(1, 9));
      text.append(reader.add(answer.substring(from, to)));
      from = to;
    }
    return new Read(text + reader.rest(), reader.calls().size());
  }

  /// However an answer is cut into pieces, its text and its calls are the same.
  @ParameterizedTest
  @Seeds(50)
  void textAndCallsAreTheSameInAnyPieces(long seed) {
    var random = new SplittableRandom(seed);
    assertEquals(new Read("just text", 0), read("just text", random));
    assertEquals(new Read("", 1), read(CALL, random));
    assertEquals(new Read("", 1), read("<tool_call>" + CALL + "</tool_call>", random));
    assertEquals(new Read("Well, ", 1), read("Well, <tool_call>" + CALL + "</tool_call>", random));
    assertEquals(new Read("", 2), read("[" + CALL + "," + CALL + "]", random));
    assertEquals(new Read("{not json", 0), read("{not json", random));
    assertEquals(new Read("a < b <tool", 0), read("a < b <tool", random));
    var other = CALL.replace("order", "steal");
    assertEquals(new Read(other, 0), read(other, random));
  }

  @Test
  void withoutToolsEverythingIsTextAtOnce() {
    var reader = new CallReader(Set.of());
    assertEquals(CALL, reader.add(CALL));
    assertTrue(reader.calls().isEmpty());
    assertEquals(List.of(), reader.calls());
  }
}
