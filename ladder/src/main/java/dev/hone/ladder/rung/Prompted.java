package dev.hone.ladder.rung;

import dev.hone.ladder.task.Item;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The model with a prompt and no example.
///
/// @param system the instruction; empty for the row's own, if it has one
public record Prompted(String name, String description, ChatModel model, Optional<String> system)
    implements Rung {

  /// As the rows ask.
  public static Prompted zeroShot(ChatModel model) {
    return new Prompted(
        "zero-shot", "the model as it is, asked as the rows ask", model, Optional.empty());
  }

  /// Held to the form that every answer must have.
  public static Prompted constrained(ChatModel model, Form form, Optional<String> system) {
    return new Prompted(
        "constrained",
        "the model as it is, held to the answers' form while it writes",
        new Formed(model, form),
        system);
  }

  /// With an instruction of the user's.
  public static Prompted withSystem(ChatModel model, String system) {
    return new Prompted(
        "system-prompt", "the model with your system prompt", model, Optional.of(system));
  }

  @Override
  public Solution build(Materials materials) {
    return new Solution() {
      @Override
      public Reply answer(Item item) throws IOException {
        return model.reply(Prompts.of(item, system, List.of()));
      }

      @Override
      public Map<String, Object> recipe() {
        var recipe = new LinkedHashMap<String, Object>();
        recipe.put("kind", "prompt");
        system.ifPresent(text -> recipe.put("system", text));
        recipe.putAll(model.recipe());
        return recipe;
      }
    };
  }
}
