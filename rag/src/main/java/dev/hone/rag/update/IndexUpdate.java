package dev.hone.rag.update;

import dev.hone.model.Sha256;
import dev.hone.rag.document.Document;
import dev.hone.rag.document.Documents;
import dev.hone.rag.document.UnreadableException;
import dev.hone.rag.embed.Embedder;
import dev.hone.rag.passage.Passage;
import dev.hone.rag.passage.PassageCutter;
import dev.hone.rag.store.EmbeddedPassage;
import dev.hone.rag.store.PassageStore;
import dev.hone.rag.store.StoredDocument;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/// One update of an index from a folder.
///
/// What did not change is told by the file's hash and left alone. Of what did, only passages whose
/// text the index has never seen are embedded; a renamed file costs nothing. Work is committed
/// every few seconds, whole documents at a time; vectors of a document that takes longer are logged
/// meanwhile. A process that is killed goes on there.
public final class IndexUpdate {
  private static final long COMMIT_EVERY_NANOS = 5_000_000_000L;

  /// Passages that are embedded between two reports of progress.
  private static final int AT_ONCE = 32;

  private final PassageStore store;
  private final Embedder embedder;
  private final Documents documents;
  private final PassageCutter cutter;
  private final Optional<AccessRules> access;
  private final VectorLog log;
  private final UpdateListener listener;

  private final List<UpdateReport.Failure> failures = new ArrayList<>();
  private int added;
  private int changed;
  private int removed;
  private int unchanged;
  private long embedded;
  private long stripped;
  private long committed;
  private long allBytes;
  private long doneBytes;
  private long fileBytes;

  private IndexUpdate(
      PassageStore store,
      Embedder embedder,
      Documents documents,
      PassageCutter cutter,
      Optional<AccessRules> access,
      VectorLog log,
      UpdateListener listener) {
    this.store = store;
    this.embedder = embedder;
    this.documents = documents;
    this.cutter = cutter;
    this.access = access;
    this.log = log;
    this.listener = listener;
  }

  /// Brings the store in step with what lies at `root`.
  ///
  /// @param root a folder or a file
  /// @param cutter whose passages the embedder reads whole
  /// @param access who may read what; empty where access is not checked
  /// @param log a file for vectors that the store has not yet
  public static UpdateReport run(
      PassageStore store,
      Embedder embedder,
      Documents documents,
      PassageCutter cutter,
      Optional<AccessRules> access,
      Path log,
      Path root,
      UpdateListener listener)
      throws IOException {
    try (var vectors = VectorLog.open(log, embedder.dimension())) {
      return new IndexUpdate(store, embedder, documents, cutter, access, vectors, listener)
          .run(root);
    }
  }

  private UpdateReport run(Path root) throws IOException {
    long start = System.nanoTime();
    committed = start;
    var folder = Folder.scan(root);
    folder.failures().forEach(failure -> fail(failure.source(), failure.reason()));
    var known = store.documents();
    readAll(folder.files(), known);
    removeGone(folder.files().keySet(), known);
    if (added + changed + removed > 0) {
      commit();
    }
    long passages = store.documents().values().stream().mapToLong(StoredDocument::passages).sum();
    return new UpdateReport(
        added,
        changed,
        removed,
        unchanged,
        passages,
        embedded,
        stripped,
        List.copyOf(failures),
        folder.ignored(),
        (System.nanoTime() - start) / 1e9);
  }

  private void readAll(SortedMap<String, Path> files, Map<String, StoredDocument> known)
      throws IOException {
    for (var file : files.values()) {
      allBytes += file.toFile().length(); // 0 where it has gone meanwhile
    }
    for (var file : files.entrySet()) {
      fileBytes = file.getValue().toFile().length();
      try {
        update(file.getKey(), file.getValue(), known.get(file.getKey()));
      } catch (UnreadableException e) {
        fail(file.getKey(), e.getMessage());
        removeIfKnown(file.getKey(), known);
      }
      doneBytes += fileBytes;
      listener.progressed(doneBytes, allBytes);
    }
  }

  private void fail(String source, String reason) {
    failures.add(new UpdateReport.Failure(source, reason));
    listener.failed(source, reason);
  }

  private void update(String source, Path file, StoredDocument before) throws IOException {
    var content = documents.content(file);
    var fileHash = Sha256.of(content);
    var labels = access.map(rules -> rules.labels(source)).orElse(Set.of());
    boolean isSame =
        before != null && before.fileHash().equals(fileHash) && before.access().equals(labels);
    if (isSame) {
      unchanged++;
      return;
    }
    put(source, fileHash, labels, documents.read(file, content));
    if (before == null) {
      added++;
    } else {
      changed++;
    }
    if (System.nanoTime() - committed > COMMIT_EVERY_NANOS) {
      commit();
    }
  }

  private void commit() throws IOException {
    store.commit();
    log.clear();
    committed = System.nanoTime();
  }

  private void put(String source, String fileHash, Set<String> labels, Document document)
      throws IOException {
    var passages = embedded(cutter.cut(document));
    stripped += document.stripped();
    store.put(
        new StoredDocument(
            source,
            document.title(),
            fileHash,
            Sha256.of(document.text()),
            passages.size(),
            document.stripped(),
            labels),
        passages);
  }

  private List<EmbeddedPassage> embedded(List<Passage> passages) throws IOException {
    var hashes = passages.stream().map(passage -> Sha256.of(passage.text())).toList();
    var vectors = new HashMap<String, float[]>();
    var missing = new HashMap<String, String>();
    for (int i = 0; i < passages.size(); i++) {
      var known = known(hashes.get(i));
      if (known.isPresent()) {
        vectors.put(hashes.get(i), known.get());
      } else {
        missing.put(hashes.get(i), passages.get(i).text());
      }
    }
    embed(missing, vectors);
    var all = new ArrayList<EmbeddedPassage>();
    for (int i = 0; i < passages.size(); i++) {
      var hash = hashes.get(i);
      all.add(new EmbeddedPassage(passages.get(i), hash, vectors.get(hash)));
    }
    return all;
  }

  private Optional<float[]> known(String hash) throws IOException {
    var logged = log.vector(hash);
    return logged.isPresent() ? logged : store.vector(hash);
  }

  private void embed(Map<String, String> textOfHash, Map<String, float[]> into) throws IOException {
    long logged = committed;
    var hashes = List.copyOf(textOfHash.keySet());
    for (int from = 0; from < hashes.size(); from += AT_ONCE) {
      var some = hashes.subList(from, Math.min(hashes.size(), from + AT_ONCE));
      var vectors = embedder.passages(some.stream().map(textOfHash::get).toList());
      for (int i = 0; i < some.size(); i++) {
        into.put(some.get(i), vectors.get(i));
        log.add(some.get(i), vectors.get(i));
      }
      if (System.nanoTime() - logged > COMMIT_EVERY_NANOS) {
        log.force();
        logged = System.nanoTime();
      }
      embedded += some.size();
      listener.progressed(doneBytes + fileBytes * (from + some.size()) / hashes.size(), allBytes);
    }
  }

  private void removeGone(Set<String> present, Map<String, StoredDocument> known)
      throws IOException {
    for (var source : known.keySet()) {
      if (!present.contains(source)) {
        removeIfKnown(source, known);
      }
    }
  }

  private void removeIfKnown(String source, Map<String, StoredDocument> known) throws IOException {
    if (known.containsKey(source)) {
      store.remove(source);
      removed++;
    }
  }
}
