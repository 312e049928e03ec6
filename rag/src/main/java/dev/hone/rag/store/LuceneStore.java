package dev.hone.rag.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.LockObtainFailedException;

/// A store in a directory, through Lucene: words by BM25 over English stems, vectors in an HNSW
/// graph, both in the same segments, so that an update changes both or neither.
public final class LuceneStore implements PassageStore {
  /// Held, so that its level stays: Lucene would tell each user which vector instructions it has
  /// found.
  private static final Logger LOGGER = Logger.getLogger("org.apache.lucene.internal.vectorization");

  static {
    LOGGER.setLevel(Level.WARNING);
  }

  private static final double BUFFER_MEGABYTES = 64;

  private final FSDirectory directory;
  private final IndexWriter writer;
  private DirectoryReader reader;

  private LuceneStore(FSDirectory directory, IndexWriter writer) throws IOException {
    this.directory = directory;
    this.writer = writer;
    this.reader = DirectoryReader.open(writer);
  }

  /// Opens the store in `path` for writing; makes one where there is none.
  ///
  /// @throws StoreInUseException when another process writes to it
  public static LuceneStore open(Path path) throws IOException {
    var directory = FSDirectory.open(path);
    try {
      var config = new IndexWriterConfig(Stems.ANALYZER);
      config.setRAMBufferSizeMB(BUFFER_MEGABYTES);
      config.setCommitOnClose(false);
      return new LuceneStore(directory, new IndexWriter(directory, config));
    } catch (LockObtainFailedException e) {
      directory.close();
      throw new StoreInUseException(path, e);
    } catch (IOException e) {
      directory.close();
      throw e;
    }
  }

  /// A view of the last committed state, without the right to write; other processes may.
  public static PassageView read(Path path) throws IOException {
    var directory = FSDirectory.open(path);
    try {
      var reader = DirectoryReader.open(directory);
      return new LuceneView(
          reader,
          () -> {
            reader.close();
            directory.close();
          });
    } catch (IOException e) {
      directory.close();
      throw e;
    }
  }

  @Override
  public synchronized SortedMap<String, StoredDocument> documents() throws IOException {
    var searcher = new IndexSearcher(reader);
    var query = new TermQuery(new Term(LuceneFields.KIND, LuceneFields.DOCUMENT));
    var hits = searcher.search(query, Math.max(1, reader.maxDoc())).scoreDocs;
    var fields = searcher.storedFields();
    var documents = new TreeMap<String, StoredDocument>();
    for (var hit : hits) {
      var document = LuceneFields.document(fields.document(hit.doc));
      documents.put(document.source(), document);
    }
    return Collections.unmodifiableSortedMap(documents);
  }

  @Override
  public void put(StoredDocument document, List<EmbeddedPassage> passages) throws IOException {
    writer.updateDocuments(source(document.source()), LuceneFields.block(document, passages));
  }

  @Override
  public void remove(String source) throws IOException {
    writer.deleteDocuments(source(source));
  }

  private static Term source(String source) {
    return new Term(LuceneFields.SOURCE, source);
  }

  @Override
  public synchronized Optional<float[]> vector(String hash) throws IOException {
    return StoredVectors.of(reader, hash);
  }

  @Override
  public synchronized void commit() throws IOException {
    writer.commit();
    var newer = DirectoryReader.openIfChanged(reader, writer);
    if (newer != null) {
      reader.decRef();
      reader = newer;
    }
  }

  @Override
  public synchronized PassageView view() throws IOException {
    var current = reader;
    current.incRef();
    return new LuceneView(current, current::decRef);
  }

  @Override
  public synchronized void close() throws IOException {
    reader.decRef();
    writer.close();
    directory.close();
  }
}
