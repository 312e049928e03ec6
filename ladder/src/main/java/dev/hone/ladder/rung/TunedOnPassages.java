package dev.hone.ladder.rung;

import dev.hone.ladder.task.Item;
import dev.hone.rag.embed.Embedder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/// Retrieval, by a model that was trained to answer from what retrieval finds: the passage that
/// answers among others that do not, or those alone (RAFT: Zhang et al. 2024, arXiv 2403.10131).
///
/// @param model the base, which says what fits
/// @param docs the documents
/// @param embedder for the index
public record TunedOnPassages(Training training, ChatModel model, Path docs, Embedder embedder)
    implements Rung {
  @Override
  public String name() {
    return "tuned-retrieval";
  }

  @Override
  public String description() {
    return "fine-tuned to answer from passages that retrieval finds";
  }

  @Override
  public boolean isTrained() {
    return true;
  }

  @Override
  public Solution build(Materials materials) throws IOException {
    var index = PassageIndex.make(docs, embedder, model.contextTokens(), materials);
    var asking = FromPassages.plain("retrieval", model, index, embedder);
    var order =
        new Training.Order(
            materials.directory().resolve("adapter"),
            rows(asking, materials.train()),
            rows(asking, materials.selection()),
            Optional.empty());
    var result = training.run(order, materials.progress());
    var answering = FromPassages.plain("retrieval", result.model(), index, embedder);
    return new Annotated(
        answering.chosen(materials), Map.of("training", result.summary()), List.of(result.model()));
  }

  /// Rows as training reads them: what is found and the question, and the row's answer.
  private static List<String> rows(FromPassages asking, List<Item> items) throws IOException {
    var rows = new ArrayList<String>();
    for (var item : items) {
      var messages = new ArrayList<Map<String, Object>>();
      for (var message : asking.conversation(item).messages()) {
        messages.add(message(message.role(), message.content()));
      }
      messages.add(message("assistant", item.answer()));
      rows.add(JsonMapper.shared().writeValueAsString(Map.of("messages", messages)));
    }
    return rows;
  }

  private static Map<String, Object> message(String role, String content) {
    var message = new LinkedHashMap<String, Object>();
    message.put("role", role);
    message.put("content", content);
    return message;
  }
}
