package dev.hone.ladder.rung;

import dev.hone.ladder.task.Item;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The model with an adapter that was trained on the training rows.
///
/// @param form that its answers are held to; empty for any
public record Tuned(Training training, Optional<Form> form) implements Rung {
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
  public boolean isTrained() {
    return true;
  }

  @Override
  public Solution build(Materials materials) throws IOException {
    var result =
        training.run(
            materials.train().stream().map(Item::json).toList(),
            materials.selection().stream().map(Item::json).toList(),
            materials);
    var model = result.model();
    ChatModel held = form.isPresent() ? new Formed(model, form.get()) : model;
    var solution = new Prompted("tuned", "", held, Optional.empty()).build(materials);
    return new Annotated(
        solution, Map.of("kind", "tuned", "training", result.summary()), List.of(model));
  }
}
