package dev.hone.ladder.rung;

import dev.hone.ladder.task.Item;
import java.util.Map;

/// Rung 0, without a language model: the answer to the most similar question that is known.
public final class NearestAnswer implements Rung {
  @Override
  public String name() {
    return "nearest-answer";
  }

  @Override
  public String description() {
    return "no language model: the answer to the most similar known question";
  }

  @Override
  public Solution build(Materials materials) {
    var known = materials.train();
    var neighbours = new Neighbours(known.stream().map(Item::question).toList());
    return new Solution() {
      @Override
      public Reply answer(Item item) {
        long start = System.nanoTime();
        int nearest = neighbours.of(item.question(), 1).getFirst().text();
        return Reply.withoutModel(known.get(nearest).answer(), start);
      }

      @Override
      public Map<String, Object> recipe() {
        return Map.of("kind", name(), "known_questions", known.size());
      }
    };
  }
}
