package dev.hone.rag.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.rag.WordEmbedder;
import dev.hone.rag.passage.Passage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// What every store does.
abstract class PassageStoreContract {
  final WordEmbedder embedder = new WordEmbedder();

  /// Opens the same store each time.
  abstract PassageStore open() throws IOException;

  /// A view by another process.
  abstract PassageView read() throws IOException;

  void put(PassageStore store, String source, Set<String> access, String... texts)
      throws IOException {
    var passages = new ArrayList<EmbeddedPassage>();
    for (var text : texts) {
      var passage = new Passage(0, text, List.of("Head"), 2, Map.of("id", "" + passages.size()));
      passages.add(new EmbeddedPassage(passage, "hash of " + text, embedder.query(text)));
    }
    store.put(new StoredDocument(source, "T", "f", "t", texts.length, 3, access), passages);
  }

  private static List<String> texts(PassageView view, List<Scored> hits) throws IOException {
    var texts = new ArrayList<String>();
    for (var hit : hits) {
      texts.add(view.passage(hit.id()).passage().text());
    }
    return texts;
  }

  @Test
  void whatIsPutInComesBackWhole() throws IOException {
    try (var store = open()) {
      put(store, "a.md", Set.of("x", "y"), "green tea");
      store.commit();
      var document = new StoredDocument("a.md", "T", "f", "t", 1, 3, Set.of("x", "y"));
      assertEquals(Map.of("a.md", document), store.documents());
      try (var view = store.view()) {
        var hit = view.byWords("teas", Filter.NONE, 10).getFirst();
        var passage = new Passage(0, "green tea", List.of("Head"), 2, Map.of("id", "0"));
        assertEquals(new StoredPassage("a.md", "T", "t", passage), view.passage(hit.id()));
        assertEquals(Optional.of(document), view.document("a.md"));
      }
      assertArrayEquals(
          embedder.query("green tea"), store.vector("hash of green tea").orElseThrow());
      assertTrue(store.vector("hash of another").isEmpty());
    }
  }

  @Test
  void aViewStaysAsItWasAndANewOneSeesTheUpdate() throws IOException {
    try (var store = open()) {
      put(store, "a.md", Set.of(), "old tea", "older tea");
      store.commit();
      try (var before = store.view()) {
        put(store, "a.md", Set.of(), "new tea");
        store.commit();
        assertEquals(2, before.byWords("tea", Filter.NONE, 10).size());
        try (var after = store.view()) {
          assertEquals(List.of("new tea"), texts(after, after.byWords("tea", Filter.NONE, 10)));
        }
      }
      store.remove("a.md");
      store.commit();
      try (var view = store.view()) {
        assertTrue(view.byWords("tea", Filter.NONE, 10).isEmpty());
        assertTrue(view.byVector(embedder.query("tea"), Filter.NONE, 10).isEmpty());
      }
    }
  }

  @Test
  void whatWasNotCommittedIsNotThere() throws IOException {
    try (var store = open()) {
      put(store, "a.md", Set.of(), "kept tea");
      store.commit();
      put(store, "b.md", Set.of(), "lost tea");
    }
    try (var view = read()) {
      assertEquals(List.of("kept tea"), texts(view, view.byWords("tea", Filter.NONE, 10)));
    }
  }

  @Test
  void twoWritersAreRefused() throws IOException {
    try (var store = open()) {
      store.commit();
      assertThrows(StoreInUseException.class, () -> second(store));
      put(store, "a.md", Set.of(), "more tea");
      store.commit();
    }
    try (var view = read()) {
      assertEquals(List.of("more tea"), texts(view, view.byWords("tea", Filter.NONE, 10)));
    }
  }

  private void second(PassageStore first) throws IOException {
    try (var store = open()) {
      put(first, "a.md", Set.of(), "first tea");
      first.commit();
      put(store, "a.md", Set.of(), "second tea");
      store.commit();
    }
  }

  @Test
  void filtersHoldInBothLegs() throws IOException {
    try (var store = open()) {
      put(store, "a.md", Set.of(), "green tea", "black tea");
      store.commit();
      try (var view = store.view()) {
        var second = new Filter(Map.of("id", "1"), Optional.empty());
        assertEquals(List.of("black tea"), texts(view, view.byWords("tea", second, 10)));
        var vector = embedder.query("green tea");
        assertEquals(List.of("black tea"), texts(view, view.byVector(vector, second, 10)));
      }
    }
  }

  /// Ten thousand pairs of a reader and a question: only what the reader may see is ever found, and
  /// all of it is.
  @Test
  void nobodyFindsWhatIsNotTheirs() throws IOException {
    var random = new SplittableRandom(1);
    var words = List.of("tea", "pot", "cup", "tin", "box", "lid", "mill", "bench", "nest", "label");
    try (var store = open()) {
      for (int i = 0; i < 80; i++) {
        var access = Set.of("g" + random.nextInt(10), "h" + random.nextInt(10));
        var text = words.get(random.nextInt(10)) + " " + words.get(random.nextInt(10)) + " n" + i;
        put(store, "d" + i, i % 10 == 0 ? Set.of() : access, text);
      }
      store.commit();
      var documents = store.documents();
      try (var view = store.view()) {
        for (int i = 0; i < 10_000; i++) {
          var reader = (random.nextBoolean() ? "g" : "h") + random.nextInt(11);
          var filter = new Filter(Map.of(), Optional.of(Set.of(reader)));
          var word = words.get(random.nextInt(10));
          long allowed =
              documents.values().stream().filter(d -> d.access().contains(reader)).count();
          var byVector = view.byVector(embedder.query(word), filter, 80);
          assertEquals(allowed, byVector.size());
          byVector.addAll(view.byWords(word, filter, 80));
          for (var hit : byVector) {
            var source = view.passage(hit.id()).source();
            assertTrue(documents.get(source).access().contains(reader), source);
          }
        }
      }
    }
  }

  @Test
  void strangeQuestionsGetAnAnswer() throws IOException {
    try (var store = open()) {
      put(store, "a.md", Set.of(), "green tea");
      store.commit();
      var many = new StringBuilder();
      for (int i = 0; i < 2_000; i++) {
        many.append("word").append(i).append(' ');
      }
      try (var view = store.view()) {
        for (var question : List.of("", "   ", "+-&&||!(){}[]^\"~*?:\\/", "\uD800", "the of")) {
          assertTrue(view.byWords(question, Filter.NONE, 10).isEmpty(), question);
        }
        assertTrue(view.byWords(many + "x".repeat(1 << 20), Filter.NONE, 10).isEmpty());
        assertEquals(1, view.byWords(many + "tea", Filter.NONE, 10).size());
      }
    }
  }

  /// Robertson and Zaragoza (2009), as Lucene has it: idf · n / (n + k₁ (1 − b + b · length /
  /// mean)).
  @Test
  void wordsCountByBm25() throws IOException {
    var texts = List.of("green tea", "tea tea pot", "black pot lid pot", "mill");
    try (var store = open()) {
      put(store, "a.md", Set.of(), texts.toArray(String[]::new));
      store.commit();
      try (var view = store.view()) {
        var hits = view.byWords("pots of tea", Filter.NONE, 10);
        assertEquals(List.of("tea tea pot", "black pot lid pot", "green tea"), texts(view, hits));
        double idf = Math.log(1 + (4 - 2 + 0.5) / (2 + 0.5));
        assertEquals(idf * (bm25(2, 3) + bm25(1, 3)), hits.get(0).score(), 1e-5);
        assertEquals(idf * bm25(2, 4), hits.get(1).score(), 1e-5);
        assertEquals(idf * bm25(1, 2), hits.get(2).score(), 1e-5);
      }
    }
  }

  private static double bm25(int count, int length) {
    return count / (count + 1.2 * (0.25 + 0.75 * length / 2.5));
  }

  @Test
  void vectorsCountByCosine() throws IOException {
    try (var store = open()) {
      put(store, "a.md", Set.of(), "green tea", "black tea", "mill bench");
      store.commit();
      try (var view = store.view()) {
        var hits = view.byVector(embedder.query("black tea"), Filter.NONE, 2);
        assertEquals(List.of("black tea", "green tea"), texts(view, hits));
        assertEquals(1, hits.getFirst().score(), 1e-6);
        assertEquals(cosine("black tea", "green tea"), hits.getLast().score(), 1e-6);
        assertEquals(3, view.sample(10).size());
        for (var sample : view.sample(2)) {
          var text = view.passage(sample.id()).passage().text();
          assertArrayEquals(embedder.query(text), sample.vector());
        }
      }
    }
  }

  private double cosine(String a, String b) {
    double sum = 0;
    for (int i = 0; i < embedder.dimension(); i++) {
      sum += (double) embedder.query(a)[i] * embedder.query(b)[i];
    }
    return sum;
  }
}
