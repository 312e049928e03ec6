package dev.hone.ladder.rung;

import dev.hone.ladder.task.Item;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The model with an adapter that was trained on the training rows.
public record Tuned(Training training) implements Rung {
  @Override
  public String name() {
    return "tuned";
  }

  @Override
  public String description() {
    return "fine-tuned on the training rows (%s, at most %d epochs)"
        .formatted(training.method().label(), training.hyper().epochs());
  }

  @Override
  public Solution build(Materials materials) throws IOException {
    var result =
        training.run(
            materials.train().stream().map(Item::json).toList(),
            materials.selection().stream().map(Item::json).toList(),
            materials);
    return new Trained(result.model(), result.summary());
  }

  private record Trained(LocalModel model, Map<String, Object> summary) implements Solution {
    @Override
    public Reply answer(Item item) {
      return model.reply(Prompts.of(item, Optional.empty(), List.of()));
    }

    @Override
    public Map<String, Object> recipe() {
      var recipe = new LinkedHashMap<String, Object>();
      recipe.put("kind", "tuned");
      recipe.putAll(model.recipe());
      recipe.put("training", summary);
      return recipe;
    }

    @Override
    public void close() {
      model.close();
    }
  }
}
