package dev.hone.ladder.rung;

import dev.hone.ladder.metric.Metric;
import dev.hone.ladder.task.Item;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.stream.LongStream;

/// The best of several draws by the item's reference, which no real solution knows: what a better
/// choice among the model's own answers could reach (pass@k).
///
/// @param drawn the solution whose model draws with that seed
record BestOf(LongFunction<Solution> drawn, int draws, Metric metric) implements Solution {
  @Override
  public Reply answer(Item item) throws IOException {
    var best = drawn.apply(1).answer(item);
    double most = metric.score(item.reference(), best.text());
    for (int seed = 2; seed <= draws && most < 1; seed++) {
      var reply = drawn.apply(seed).answer(item);
      double score = metric.score(item.reference(), reply.text());
      if (score > most) {
        most = score;
        best = reply;
      }
    }
    return best;
  }

  @Override
  public Map<String, Object> recipe() {
    var recipe = new LinkedHashMap<String, Object>();
    recipe.put(
        "best_of",
        LongStream.rangeClosed(1, draws).mapToObj(i -> drawn.apply(i).recipe()).toList());
    return recipe;
  }
}
