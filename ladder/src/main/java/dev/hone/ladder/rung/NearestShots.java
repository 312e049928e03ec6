package dev.hone.ladder.rung;

import dev.hone.ladder.task.Item;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The model with the examples that are most like the question, the nearest last; of such as say
/// the same, one.
///
/// @param shots examples, as far as the context allows
public record NearestShots(ChatModel model, int shots) implements Rung {
  /// From this cosine on two questions say the same.
  private static final double THE_SAME = 0.98;

  private static final int LOOKED_AT = 30;

  @Override
  public String name() {
    return "nearest-shots";
  }

  @Override
  public String description() {
    return "the model with the %d examples most like the question".formatted(shots);
  }

  @Override
  public Solution build(Materials materials) {
    var known = materials.train();
    var neighbours = new Neighbours(known.stream().map(Item::question).toList());
    return new Solution() {
      @Override
      public Reply answer(Item item) throws IOException {
        var nearest = examples(known, neighbours, item);
        return model.reply(Prompts.fitting(model, item, Optional.empty(), nearest));
      }

      @Override
      public Map<String, Object> recipe() {
        var recipe = new LinkedHashMap<String, Object>();
        recipe.put("kind", "nearest-shots");
        recipe.put("shots", shots);
        recipe.put("known_questions", known.size());
        recipe.putAll(model.recipe());
        return recipe;
      }
    };
  }

  private List<Item> examples(List<Item> known, Neighbours neighbours, Item item) {
    var chosen = new ArrayList<Item>();
    for (var near : neighbours.of(item.question(), LOOKED_AT)) {
      var candidate = known.get(near.text());
      boolean isNew =
          chosen.stream().noneMatch(one -> one.question().equalsIgnoreCase(candidate.question()));
      if (chosen.size() < shots && near.cosine() < THE_SAME && isNew) {
        chosen.add(candidate);
      }
    }
    Collections.reverse(chosen);
    return chosen;
  }
}
