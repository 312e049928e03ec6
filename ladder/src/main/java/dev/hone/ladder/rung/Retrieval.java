package dev.hone.ladder.rung;

import dev.hone.ladder.task.Item;
import dev.hone.rag.embed.Embedder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// The model answers from passages of the documents, and its citations are checked. How relevant a
/// passage must be for an answer is chosen on selection rows.
///
/// @param embedder for the index
public record Retrieval(ChatModel model, Path docs, Embedder embedder) implements Rung {
  @Override
  public String name() {
    return "retrieval";
  }

  @Override
  public String description() {
    return "answers from passages of %s, citations checked".formatted(docs.getFileName());
  }

  @Override
  public Solution build(Materials materials) throws IOException {
    var index = PassageIndex.make(docs, embedder, model.contextTokens(), materials);
    var answering = FromPassages.plain("retrieval", model, index, embedder);
    return new Measured(answering.chosen(materials), answering.reach(materials));
  }

  /// @param reach see [FromPassages#reach]
  private record Measured(FromPassages answering, double reach) implements Solution {
    @Override
    public Reply answer(Item item) throws IOException {
      return answering.answer(item);
    }

    @Override
    public Map<String, Object> recipe() {
      var recipe = new LinkedHashMap<>(answering.recipe());
      recipe.put("answers_in_passages", reach);
      return recipe;
    }

    @Override
    public void close() throws IOException {
      answering.close();
    }
  }
}
