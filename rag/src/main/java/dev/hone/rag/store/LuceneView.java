package dev.hone.rag.store;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.util.BytesRef;

/// A state of a Lucene index.
final class LuceneView implements PassageView {
  private final IndexSearcher searcher;
  private final Closeable release;
  private final int size;

  LuceneView(IndexReader reader, Closeable release) throws IOException {
    this.searcher = new IndexSearcher(reader);
    this.release = release;
    this.size = reader.getDocCount(LuceneFields.BODY);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public List<Scored> byWords(String question, Filter filter, int depth) throws IOException {
    var query = new BooleanQuery.Builder();
    for (var word : WeightedWord.rarest(words(question))) {
      query.add(new TermQuery(new Term(LuceneFields.BODY, word.stem())), Occur.SHOULD);
    }
    query.setMinimumNumberShouldMatch(1);
    var filtered =
        new BooleanQuery.Builder()
            .add(query.build(), Occur.MUST)
            .add(query(filter), Occur.FILTER)
            .build();
    return scored(searcher.search(filtered, depth), false);
  }

  @Override
  public List<Scored> byVector(float[] vector, Filter filter, int depth) throws IOException {
    if (isExact()) {
      return byVectorExactly(vector, filter, depth);
    }
    int wide = Math.max(depth, LEAST_DEPTH);
    var query = new KnnFloatVectorQuery(LuceneFields.VECTOR, vector, wide, query(filter));
    return scored(searcher.search(query, depth), true);
  }

  @Override
  public List<Scored> byVectorExactly(float[] vector, Filter filter, int depth) throws IOException {
    return StoredVectors.nearest(searcher, vector, query(filter), depth);
  }

  @Override
  public boolean isExact() {
    return size < EXACT_BELOW;
  }

  @Override
  public List<Sample> sample(int count) throws IOException {
    return StoredVectors.sample(searcher.getIndexReader(), count);
  }

  private static List<Scored> scored(TopDocs hits, boolean isVector) {
    return Arrays.stream(hits.scoreDocs)
        .map(hit -> new Scored(hit.doc, isVector ? cosine(hit.score) : hit.score))
        .toList();
  }

  /// Lucene adds one to a dot product and halves it.
  static double cosine(float score) {
    return 2.0 * score - 1;
  }

  private static Query query(Filter filter) {
    var query = new BooleanQuery.Builder().add(MatchAllDocsQuery.INSTANCE, Occur.FILTER);
    filter
        .metadata()
        .forEach((name, value) ->
            query.add(new TermQuery(new Term(LuceneFields.metadata(name), value)), Occur.FILTER));
    filter.readers().ifPresent(labels -> query.add(readableBy(labels), Occur.FILTER));
    return query.build();
  }

  private static Query readableBy(Set<String> labels) {
    return new TermInSetQuery(LuceneFields.ACCESS, labels.stream().map(BytesRef::new).toList());
  }

  @Override
  public StoredPassage passage(long id) throws IOException {
    return LuceneFields.passage(searcher.storedFields().document(Math.toIntExact(id)));
  }

  @Override
  public Optional<StoredDocument> document(String source) throws IOException {
    var query =
        new BooleanQuery.Builder()
            .add(new TermQuery(new Term(LuceneFields.SOURCE, source)), Occur.FILTER)
            .add(new TermQuery(new Term(LuceneFields.KIND, LuceneFields.DOCUMENT)), Occur.FILTER)
            .build();
    var hits = searcher.search(query, 1).scoreDocs;
    return hits.length == 0
        ? Optional.empty()
        : Optional.of(LuceneFields.document(searcher.storedFields().document(hits[0].doc)));
  }

  @Override
  public List<WeightedWord> words(String question) throws IOException {
    var words = new ArrayList<WeightedWord>();
    for (var stem : Stems.of(question)) {
      long holders = searcher.getIndexReader().docFreq(new Term(LuceneFields.BODY, stem));
      words.add(WeightedWord.of(stem, holders, size));
    }
    return words;
  }

  @Override
  public Set<String> stems(String text) {
    return Stems.of(text);
  }

  @Override
  public void close() throws IOException {
    release.close();
  }
}
