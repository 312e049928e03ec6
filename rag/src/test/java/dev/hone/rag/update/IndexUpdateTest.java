package dev.hone.rag.update;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.Sha256;
import dev.hone.rag.DocumentIndex;
import dev.hone.rag.WordEmbedder;
import dev.hone.rag.document.Limits;
import dev.hone.rag.store.Filter;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexUpdateTest {
  private static final UpdateListener SILENT =
      new UpdateListener() {
        @Override
        public void progressed(long done, long total) {}

        @Override
        public void failed(String source, String reason) {}
      };

  private final WordEmbedder embedder = new WordEmbedder();

  @TempDir private Path dir;
  private Path docs;
  private DocumentIndex index;

  @BeforeEach
  void writeDocuments() throws IOException {
    docs = Files.createDirectory(dir.resolve("docs"));
    write("tea.md", "# Green\n\nTwo minutes.\n\n# Black\n\nFour minutes.");
    write("shop/hours.txt", "Open on Saturdays.");
    index = open(false);
  }

  @AfterEach
  void close() throws IOException {
    index.close();
  }

  private DocumentIndex open(boolean hasAccess) throws IOException {
    return DocumentIndex.open(
        dir.resolve("index"),
        embedder,
        new DocumentIndex.Options(Optional.empty(), hasAccess, Optional.empty()));
  }

  private void write(String name, String text) throws IOException {
    Files.createDirectories(docs.resolve(name).getParent());
    Files.writeString(docs.resolve(name), text);
  }

  private UpdateReport update() throws IOException {
    embedder.embedded().clear();
    return index.update(docs, Limits.DEFAULT, Optional.empty(), SILENT);
  }

  private List<String> found(String word) throws IOException {
    try (var view = index.view()) {
      return view.byWords(word, Filter.NONE, 10).stream()
          .map(hit -> {
            try {
              return view.passage(hit.id()).source();
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          })
          .toList();
    }
  }

  @Test
  void documentsBelowAFolderAreFound() throws IOException {
    var report = update();
    assertEquals(2, report.added());
    assertEquals(3, report.passages());
    assertEquals(List.of("shop/hours.txt"), found("saturday"));
  }

  @Test
  void onlyWhatChangedIsEmbedded() throws IOException {
    update();
    write("tea.md", "# Green\n\nTwo minutes.\n\n# Black\n\nFive minutes.");
    var report = update();
    assertEquals(1, report.changed());
    assertEquals(List.of("Black\n\nFive minutes."), embedder.embedded());
    assertTrue(found("four").isEmpty());
  }

  @Test
  void whatDidNotChangeCostsNothing() throws IOException {
    update();
    var before = Files.getLastModifiedTime(dir.resolve("index/lucene"));
    var report = update();
    assertEquals(2, report.unchanged());
    assertEquals(List.of(), embedder.embedded());
    assertEquals(before, Files.getLastModifiedTime(dir.resolve("index/lucene")));
  }

  /// A process that dies inside a large document has logged the vectors that it had.
  @Test
  void vectorsOfAnUnfinishedDocumentAreNotComputedAgain() throws IOException {
    var log = dir.resolve("index/vectors.log");
    var hash = Sha256.of("Black\n\nFour minutes.");
    try (var vectors = VectorLog.open(log, embedder.dimension())) {
      vectors.add(hash, embedder.query("Black\n\nFour minutes."));
      vectors.add(Sha256.of("torn"), embedder.query("torn"));
    }
    try (var file = FileChannel.open(log, StandardOpenOption.WRITE)) {
      file.truncate(file.size() - 1);
    }
    try (var vectors = VectorLog.open(log, embedder.dimension())) {
      assertTrue(vectors.vector(hash).isPresent());
      assertTrue(vectors.vector(Sha256.of("torn")).isEmpty());
    }
    update();
    assertEquals(
        Set.of("Green\n\nTwo minutes.", "Open on Saturdays."), Set.copyOf(embedder.embedded()));
    assertEquals(0, Files.size(log));
    assertEquals(List.of("tea.md"), found("four"));
  }

  @Test
  void aRenamedFileIsNotEmbeddedAgain() throws IOException {
    update();
    Files.move(docs.resolve("tea.md"), docs.resolve("brewing.md"));
    var report = update();
    assertEquals(List.of(), embedder.embedded());
    assertEquals(1, report.removed());
    assertEquals(List.of("brewing.md"), found("green"));
  }

  @Test
  void aDeletedFileIsGone() throws IOException {
    update();
    Files.delete(docs.resolve("tea.md"));
    assertEquals(1, update().removed());
    assertTrue(found("green").isEmpty());
  }

  @Test
  void whatCannotBeReadIsNamedAndTheRestGoesOn() throws IOException {
    Files.write(docs.resolve("bad.txt"), new byte[] {0});
    write("picture.png", "x");
    Files.createSymbolicLink(docs.resolve("out.md"), Files.writeString(dir.resolve("o.md"), "o"));
    var report = update();
    assertEquals(2, report.added());
    assertEquals(
        Set.of("bad.txt", "out.md"),
        Set.copyOf(report.failures().stream().map(UpdateReport.Failure::source).toList()));
    assertEquals(Map.of("png", 1), report.ignored());
  }

  @Test
  void aDocumentThatBecameUnreadableIsNoLongerAnsweredFrom() throws IOException {
    update();
    Files.write(docs.resolve("tea.md"), new byte[] {0});
    assertEquals(1, update().removed());
    assertTrue(found("green").isEmpty());
  }

  @Test
  void accessIsChangedWithoutEmbedding() throws IOException {
    index.close();
    DocumentIndex.delete(dir.resolve("index"));
    index = open(true);
    var rules = Files.writeString(dir.resolve("rules"), "shop/**: staff\n*.md: all, staff\n");
    index.update(docs, Limits.DEFAULT, Optional.of(AccessRules.read(rules)), SILENT);
    assertEquals(Set.of("shop/hours.txt", "tea.md"), readableBy("staff"));
    assertEquals(Set.of("tea.md"), readableBy("all"));
    embedder.embedded().clear();
    Files.writeString(rules, "shop/**: all\n");
    index.update(docs, Limits.DEFAULT, Optional.of(AccessRules.read(rules)), SILENT);
    assertEquals(Set.of("shop/hours.txt"), readableBy("all"));
    assertEquals(Set.of(), readableBy("staff"));
    assertEquals(List.of(), embedder.embedded());
  }

  private Set<String> readableBy(String label) throws IOException {
    var filter = new Filter(Map.of(), Optional.of(Set.of(label)));
    var sources = new java.util.TreeSet<String>();
    try (var view = index.view()) {
      for (var hit : view.byVector(embedder.query("tea"), filter, 10)) {
        sources.add(view.passage(hit.id()).source());
      }
    }
    return sources;
  }
}
