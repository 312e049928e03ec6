package dev.hone.ladder.rung;

import dev.hone.model.text.Conversation;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/// A model whose answers are drawn, with one seed.
record Drawn(ChatModel model, long seed) implements OtherwiseDecoded {
  @Override
  public Reply reply(Conversation asked, Decoding how) throws IOException {
    return model.reply(asked, how.drawn(seed));
  }

  @Override
  public Map<String, Object> recipe() {
    var recipe = new LinkedHashMap<>(model.recipe());
    recipe.put("seed", seed);
    return recipe;
  }
}
