package dev.hone.rag.measure;

import dev.hone.rag.embed.Embedder;
import dev.hone.rag.retrieve.Fusion;
import dev.hone.rag.retrieve.Retriever;
import dev.hone.rag.store.Filter;
import dev.hone.rag.store.PassageView;
import java.io.IOException;
import java.util.List;

/// Whether the answer stands within so many tokens of what is found.
public final class WithinTokens {
  private static final int DEPTH = 50;

  private WithinTokens() {}

  /// One for each question whose answer does, else zero.
  ///
  /// @param budget in the embedder's tokens
  public static double[] found(
      PassageView view, Embedder embedder, Fusion fusion, List<Question> questions, int budget)
      throws IOException {
    var retriever = new Retriever(embedder, fusion);
    var found = new double[questions.size()];
    for (int i = 0; i < found.length; i++) {
      int left = budget;
      for (var hit : retriever.find(view, questions.get(i).text(), Filter.NONE, DEPTH)) {
        left -= embedder.countTokens(hit.passage().passage().text());
        if (left >= 0 && questions.get(i).isAnsweredFrom(hit.passage())) {
          found[i] = 1;
        }
      }
    }
    return found;
  }
}
