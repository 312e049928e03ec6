package dev.hone.rag.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.rag.WordEmbedder;
import dev.hone.rag.passage.Passage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LuceneStoreTest {
  private final WordEmbedder embedder = new WordEmbedder();

  @TempDir private Path dir;

  private void put(PassageStore store, String source, Set<String> access, String... texts)
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
    try (var store = LuceneStore.open(dir)) {
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
    try (var store = LuceneStore.open(dir)) {
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
    try (var store = LuceneStore.open(dir)) {
      put(store, "a.md", Set.of(), "kept tea");
      store.commit();
      put(store, "b.md", Set.of(), "lost tea");
    }
    try (var view = LuceneStore.read(dir)) {
      assertEquals(List.of("kept tea"), texts(view, view.byWords("tea", Filter.NONE, 10)));
    }
  }

  @Test
  void twoWritersAreRefused() throws IOException {
    try (var store = LuceneStore.open(dir)) {
      store.commit();
      assertThrows(StoreInUseException.class, () -> LuceneStore.open(dir));
    }
  }

  @Test
  void filtersHoldInBothLegs() throws IOException {
    try (var store = LuceneStore.open(dir)) {
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
    try (var store = LuceneStore.open(dir)) {
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
    try (var store = LuceneStore.open(dir)) {
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
}
