package dev.hone.ladder.rung;

import dev.hone.model.text.Conversation;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/// A model that is held to a form while it writes.
public record Formed(ChatModel model, Form form) implements OtherwiseDecoded {
  @Override
  public Reply reply(Conversation asked, Decoding how) throws IOException {
    return model.reply(asked, how.in(form));
  }

  @Override
  public Map<String, Object> recipe() {
    var recipe = new LinkedHashMap<>(model.recipe());
    recipe.put("form", form.recipe());
    return recipe;
  }
}
