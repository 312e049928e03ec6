package dev.hone.rag.store;

import java.io.Closeable;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A state of a store. Updates after it was opened do not change it.
public interface PassageView extends Closeable {
  /// Below this every vector is compared: a few milliseconds, and nothing is missed.
  int EXACT_BELOW = 10_000;

  /// A graph searched for fewer misses some of the nearest (three points of recall at 10).
  int LEAST_DEPTH = 100;

  /// Passages in all.
  int size();

  /// The best passages by BM25, best first.
  ///
  /// @param depth the most of them
  List<Scored> byWords(String question, Filter filter, int depth) throws IOException;

  /// The nearest passages by cosine, nearest first.
  ///
  /// @param vector of length 1
  List<Scored> byVector(float[] vector, Filter filter, int depth) throws IOException;

  /// The same by comparing with every passage.
  List<Scored> byVectorExactly(float[] vector, Filter filter, int depth) throws IOException;

  /// Passages spread evenly over the index, to try the search with.
  ///
  /// @param count the most of them
  List<Sample> sample(int count) throws IOException;

  /// Whether [#byVector] compares with every passage too.
  boolean isExact();

  StoredPassage passage(long id) throws IOException;

  /// The document of that name, if it is in this state.
  Optional<StoredDocument> document(String source) throws IOException;

  /// @param id of a passage
  /// @param vector its own
  record Sample(long id, float[] vector) {}

  /// How rare each word of a question is here, by its stem: BM25's idf. Words that mean nothing
  /// (the, of) are left out.
  List<WeightedWord> words(String question) throws IOException;

  /// The stems of a text.
  Set<String> stems(String text);

  /// @param holders passages that have it
  /// @param idf inverse document frequency
  record WeightedWord(String stem, long holders, double idf) {
    /// Of a longer question the rarest words count; Lucene refuses more than 1,024.
    private static final int MOST = 256;

    /// @param size passages in all
    static WeightedWord of(String stem, long holders, long size) {
      return new WeightedWord(
          stem, holders, Math.log(1 + (size - holders + 0.5) / (holders + 0.5)));
    }

    /// The words to search for.
    static List<WeightedWord> rarest(List<WeightedWord> words) {
      return words.stream()
          .filter(word -> word.holders() > 0)
          .sorted(Comparator.comparingDouble(WeightedWord::idf).reversed())
          .limit(MOST)
          .toList();
    }
  }
}
