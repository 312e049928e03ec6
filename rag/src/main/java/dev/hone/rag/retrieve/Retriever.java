package dev.hone.rag.retrieve;

import dev.hone.rag.embed.Embedder;
import dev.hone.rag.store.Filter;
import dev.hone.rag.store.PassageView;
import dev.hone.rag.store.Scored;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Finds the passages for a question: both legs, their fusion, and no place twice.
public final class Retriever {
  /// How many passages each leg contributes.
  private static final int DEPTH = 100;

  /// How many of the fusion's best a reranker judges.
  private static final int RERANKED = 30;

  private final Embedder embedder;
  private final Fusion fusion;
  private final Optional<Reranker> reranker;

  public Retriever(Embedder embedder, Fusion fusion) {
    this(embedder, fusion, Optional.empty());
  }

  /// @param reranker puts the best of the fusion into their last order
  public Retriever(Embedder embedder, Fusion fusion, Optional<Reranker> reranker) {
    this.embedder = embedder;
    this.fusion = fusion;
    this.reranker = reranker;
  }

  /// The best passages, best first.
  ///
  /// @param count the most of them
  public List<Retrieved> find(PassageView view, String question, Filter filter, int count)
      throws IOException {
    return find(view, question, embedder.query(question), filter, count);
  }

  /// The same with the question's vector at hand.
  public List<Retrieved> find(
      PassageView view, String question, float[] vector, Filter filter, int count)
      throws IOException {
    var words = view.byWords(question, filter, DEPTH);
    var vectors = view.byVector(vector, filter, DEPTH);
    var cosines = vectors.stream().collect(Collectors.toMap(Scored::id, Scored::score));
    int judged = reranker.isPresent() ? Math.max(count, RERANKED) : count;
    var found = diverse(view, question, fusion.fuse(words, vectors), cosines, judged);
    return reranker.isPresent() ? reranked(reranker.get(), question, found, count) : found;
  }

  private static List<Retrieved> reranked(
      Reranker reranker, String question, List<Retrieved> found, int count) throws IOException {
    var texts = found.stream().map(hit -> hit.passage().passage().text()).toList();
    var scores = reranker.scores(question, texts);
    var places = new ArrayList<Integer>();
    for (int i = 0; i < found.size(); i++) {
      places.add(i);
    }
    places.sort(Comparator.<Integer>comparingDouble(scores::get).reversed());
    return places.stream().limit(count).map(found::get).toList();
  }

  private static List<Retrieved> diverse(
      PassageView view, String question, List<Scored> ranking, Map<Long, Double> cosines, int count)
      throws IOException {
    var coverage = new Coverage(view, question);
    var chosen = new Diversity();
    var found = new ArrayList<Retrieved>();
    for (var hit : ranking) {
      if (found.size() == count) {
        break;
      }
      var passage = view.passage(hit.id());
      var stems = view.stems(passage.passage().text());
      if (chosen.admits(stems)) {
        double cosine = cosines.getOrDefault(hit.id(), 0.0);
        found.add(new Retrieved(passage, hit.score(), cosine, coverage.of(stems)));
      }
    }
    return found;
  }
}
