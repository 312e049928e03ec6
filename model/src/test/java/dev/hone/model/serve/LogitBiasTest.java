package dev.hone.model.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.hone.tensor.ArenaAllocator;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Values by OpenAI's formula: `logit - count * frequency - (count > 0) * presence`.
class LogitBiasTest {
  private static float[] biased(LogitBias bias, List<Integer> answer) {
    try (var arena = Arena.ofConfined()) {
      var logits = new ArenaAllocator(arena).f32("logits", 1, 4);
      bias.apply(logits, answer);
      return logits.toArray();
    }
  }

  @Test
  void whatTheAnswerHasIsPenalized() {
    var bias = new LogitBias(Map.of(), 0.5, 0.25);
    assertArrayEquals(new float[] {0, -0.75f, 0, -1.75f}, biased(bias, List.of(3, 1, 3, 3)));
  }

  @Test
  void negativePenaltiesRepeat() {
    var bias = new LogitBias(Map.of(), -1, -0.5);
    assertArrayEquals(new float[] {2.5f, 0, 0, 0}, biased(bias, List.of(0, 0)));
  }

  @Test
  void fixedBiasesAddUpWithThem() {
    var bias = new LogitBias(Map.of(1, 100f, 2, -100f), 0, 1);
    assertArrayEquals(new float[] {0, 99, -100, 0}, biased(bias, List.of(1)));
  }
}
