package dev.hone.ladder.rung;

import dev.hone.ladder.task.Item;
import dev.hone.rag.embed.Embedder;
import dev.hone.rag.passage.Sentences;
import dev.hone.rag.retrieve.Coverage;
import dev.hone.rag.retrieve.Retrieved;
import dev.hone.rag.retrieve.Retriever;
import dev.hone.rag.store.Filter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Rung 0 for questions over documents: the sentence of the documents that is most about the
/// question, as it stands there. Nothing is worded, so nothing can be invented.
///
/// @param embedder for the index
public record FoundSentence(Path docs, Embedder embedder) implements Rung {
  /// As long as an index's passages are without a model.
  private static final int CONTEXT = 4_096;

  private static final int PASSAGES = 3;

  @Override
  public String name() {
    return "found-sentence";
  }

  @Override
  public String description() {
    return "no language model: the sentence of %s that fits best".formatted(docs.getFileName());
  }

  @Override
  public Solution build(Materials materials) throws IOException {
    return new Finding(PassageIndex.make(docs, embedder, CONTEXT, materials), embedder);
  }

  /// An index that is open.
  record Finding(PassageIndex index, Embedder embedder) implements Solution {
    @Override
    public Reply answer(Item item) throws IOException {
      long start = System.nanoTime();
      var vector = embedder.query(item.question());
      var view = index.opened().view();
      var found =
          new Retriever(embedder, index.opened().fusion())
              .find(view, item.question(), vector, Filter.NONE, PASSAGES);
      var sentences = sentences(found);
      var vectors = embedder.passages(sentences);
      var coverage = new Coverage(view, item.question());
      String best = "";
      double most = -1;
      for (int i = 0; i < sentences.size(); i++) {
        double covered = coverage.of(view.stems(sentences.get(i)));
        double relevance = Retrieved.relevance(cosine(vector, vectors.get(i)), covered);
        if (relevance > most) {
          most = relevance;
          best = sentences.get(i);
        }
      }
      return Reply.withoutModel(best, start);
    }

    private List<String> sentences(List<Retrieved> found) {
      var sentences = new ArrayList<String>();
      for (var hit : found) {
        for (var sentence : Sentences.of(hit.passage().passage().text())) {
          if (embedder.countTokens(sentence.text()) <= embedder.maxTokens()) {
            sentences.add(sentence.text());
          }
        }
      }
      return sentences;
    }

    private static double cosine(float[] one, float[] other) {
      double sum = 0;
      for (int i = 0; i < one.length; i++) {
        sum += (double) one[i] * other[i];
      }
      return sum;
    }

    @Override
    public Map<String, Object> recipe() {
      var recipe = new LinkedHashMap<String, Object>();
      recipe.put("kind", "found-sentence");
      recipe.put("index", index.path().toString());
      return recipe;
    }

    @Override
    public void close() throws IOException {
      index.opened().close();
    }
  }
}
