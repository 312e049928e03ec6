package dev.hone.rag.store;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/// Passages with their vectors, by document. One writer at a time; a process that dies leaves the
/// state of the last [#commit].
public interface PassageStore extends Closeable {
  /// All documents, by source.
  SortedMap<String, StoredDocument> documents() throws IOException;

  /// Puts a document in, in place of the one of that name: all of it or nothing.
  void put(StoredDocument document, List<EmbeddedPassage> passages) throws IOException;

  void remove(String source) throws IOException;

  /// The vector of a passage with this text, wherever it stands as of the last [#commit].
  Optional<float[]> vector(String hash) throws IOException;

  /// Makes what was done durable, and visible to views opened from now on.
  void commit() throws IOException;

  PassageView view() throws IOException;
}
