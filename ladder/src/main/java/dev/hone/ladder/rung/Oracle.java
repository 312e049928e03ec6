package dev.hone.ladder.rung;

import dev.hone.ladder.task.Item;
import dev.hone.rag.answer.PassagePrompt;
import dev.hone.rag.embed.Embedder;
import dev.hone.rag.retrieve.Retriever;
import dev.hone.rag.store.Filter;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The model with the right passage before it: the row's own (`metadata.context`), or the one that
/// retrieval finds when it is told the answer. No real solution has that; what it gets wrong,
/// better retrieval cannot mend.
///
/// @param lookup where passages are found; empty where the rows carry their own
record Oracle(ChatModel model, Optional<Lookup> lookup) implements Solution {
  private static final int DEPTH = 20;

  /// An index and what finds things in it.
  record Lookup(PassageIndex index, Embedder embedder) {
    /// The first passage with an accepted answer in it, else the first.
    Optional<String> passage(Item item) throws IOException {
      var told = item.question() + " " + item.answer();
      var found =
          new Retriever(embedder, index.opened().fusion())
              .find(index.opened().view(), told, Filter.NONE, DEPTH);
      var texts = found.stream().map(hit -> hit.passage().passage().text()).toList();
      return texts.stream()
          .filter(text -> holds(text, item))
          .findFirst()
          .or(() -> texts.stream().findFirst());
    }
  }

  /// Whether a text has an accepted answer, word for word.
  static boolean holds(String text, Item item) {
    var lower = text.toLowerCase(Locale.ROOT);
    return item.reference().answers().stream()
        .anyMatch(answer -> lower.contains(answer.toLowerCase(Locale.ROOT)));
  }

  @Override
  public Reply answer(Item item) throws IOException {
    var prompt = new PassagePrompt(model.controlTokens());
    var passages = passages(item);
    int count = passages.size();
    while (count > 1 && !model.fits(prompt.ofTexts(item.question(), passages.subList(0, count)))) {
      count--;
    }
    return model.reply(prompt.ofTexts(item.question(), passages.subList(0, count)));
  }

  private List<String> passages(Item item) throws IOException {
    var own = item.contexts();
    if (!own.isEmpty() || lookup.isEmpty()) {
      return own;
    }
    return lookup.get().passage(item).stream().toList();
  }

  @Override
  public Map<String, Object> recipe() {
    var recipe = new LinkedHashMap<String, Object>();
    recipe.put("kind", "oracle");
    lookup.ifPresent(found -> recipe.put("index", found.index().path().toString()));
    recipe.putAll(model.recipe());
    return recipe;
  }

  @Override
  public void close() throws IOException {
    if (lookup.isPresent()) {
      lookup.get().index().opened().close();
    }
  }
}
