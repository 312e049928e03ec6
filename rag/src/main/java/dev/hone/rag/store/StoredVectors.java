package dev.hone.rag.store;

import dev.hone.rag.store.PassageView.Sample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.ConjunctionUtils;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreMode;

/// The vectors of an index, read without its graph.
final class StoredVectors {
  private StoredVectors() {}

  /// The vector of a passage whose text has this hash.
  static Optional<float[]> of(IndexReader reader, String hash) throws IOException {
    for (var leaf : reader.leaves()) {
      var found = leaf.reader().postings(new Term(LuceneFields.HASH, hash), PostingsEnum.NONE);
      int doc = found == null ? DocIdSetIterator.NO_MORE_DOCS : found.nextDoc();
      if (doc != DocIdSetIterator.NO_MORE_DOCS) {
        return Optional.of(at(leaf, doc));
      }
    }
    return Optional.empty();
  }

  /// A deleted passage serves too: its text and its vector still belong together.
  private static float[] at(LeafReaderContext leaf, int doc) throws IOException {
    var values = leaf.reader().getFloatVectorValues(LuceneFields.VECTOR);
    var places = values.iterator();
    if (places.advance(doc) != doc) {
      throw new IllegalStateException("passage %d has no vector".formatted(doc));
    }
    return values.vectorValue(places.index()).clone();
  }

  /// `count` passages, or all, at even distances.
  static List<Sample> sample(IndexReader reader, int count) throws IOException {
    var some = new ArrayList<Sample>();
    long step = Math.max(1, reader.getDocCount(LuceneFields.BODY) / count);
    long seen = 0;
    for (var leaf : reader.leaves()) {
      var values = leaf.reader().getFloatVectorValues(LuceneFields.VECTOR);
      var live = leaf.reader().getLiveDocs();
      for (int i = 0; values != null && i < values.size(); i++) {
        int doc = values.ordToDoc(i);
        boolean isThere = live == null || live.get(doc);
        if (isThere && seen++ % step == 0 && some.size() < count) {
          some.add(new Sample(leaf.docBase + doc, values.vectorValue(i).clone()));
        }
      }
    }
    return some;
  }

  /// The nearest of the passages that `filter` lets through, by comparing with each.
  static List<Scored> nearest(IndexSearcher searcher, float[] vector, Query filter, int depth)
      throws IOException {
    var best = new PriorityQueue<Scored>(Comparator.comparingDouble(Scored::score));
    var weight = searcher.createWeight(searcher.rewrite(filter), ScoreMode.COMPLETE_NO_SCORES, 1);
    for (var leaf : searcher.getIndexReader().leaves()) {
      var allowed = weight.scorer(leaf);
      if (allowed != null) {
        nearest(leaf, vector, allowed.iterator(), depth, best);
      }
    }
    var nearest = new ArrayList<>(best);
    nearest.sort(Comparator.comparingDouble(Scored::score).reversed());
    return nearest;
  }

  private static void nearest(
      LeafReaderContext leaf,
      float[] vector,
      DocIdSetIterator allowed,
      int depth,
      PriorityQueue<Scored> best)
      throws IOException {
    var values = leaf.reader().getFloatVectorValues(LuceneFields.VECTOR);
    if (values == null) {
      return;
    }
    var scorer = values.scorer(vector);
    var live = leaf.reader().getLiveDocs();
    var both = ConjunctionUtils.intersectIterators(List.of(allowed, scorer.iterator()));
    for (int doc = both.nextDoc(); doc != DocIdSetIterator.NO_MORE_DOCS; doc = both.nextDoc()) {
      if (live == null || live.get(doc)) {
        double score = LuceneView.cosine(scorer.score());
        if (best.size() < depth) {
          best.add(new Scored(leaf.docBase + doc, score));
        } else if (score > best.element().score()) {
          best.remove();
          best.add(new Scored(leaf.docBase + doc, score));
        }
      }
    }
  }
}
