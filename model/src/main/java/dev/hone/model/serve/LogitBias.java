package dev.hone.model.serve;

import dev.hone.tensor.Tensor;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/// What is added to logits before anything else is done with them; names and formula are those of
/// OpenAI's API.
///
/// @param fixed for these tokens, always
/// @param frequency taken from a token's logit for every time that the answer has it
/// @param presence taken from a token's logit once the answer has it
public record LogitBias(Map<Integer, Float> fixed, double frequency, double presence) {
  public static final LogitBias NONE = new LogitBias(Map.of(), 0, 0);

  public LogitBias {
    fixed = Map.copyOf(fixed);
  }

  /// @param logits `(1, V)`, changed
  /// @param answer ids so far
  void apply(Tensor logits, List<Integer> answer) {
    fixed.forEach((id, value) -> add(logits, id, value));
    if (frequency == 0 && presence == 0) return;
    var seen = new BitSet();
    for (int id : answer) {
      add(logits, id, seen.get(id) ? -frequency : -frequency - presence);
      seen.set(id);
    }
  }

  private static void add(Tensor logits, int id, double value) {
    logits.set(0, id, (float) (logits.get(0, id) + value));
  }
}
