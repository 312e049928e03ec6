package dev.hone.rag.store;

import dev.hone.model.UsageException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// A store in PostgreSQL with pgvector, for more than one machine.
///
/// What is put or removed waits in memory until [#commit], which writes it in one transaction. Two
/// that update one index cannot mix: whoever commits second is refused, and has changed nothing.
///
/// Row-level security lets a connection see what the labels in its setting `hone.readers` allow,
/// and nothing where that is not set. It binds every role but a superuser; the searches here name
/// the labels in their conditions too.
public final class PgVectorStore implements PassageStore {
  private final PgConnections connections;
  private final Map<String, Optional<Change>> changes = new LinkedHashMap<>();
  private long version;

  /// A document to put; none is one to remove.
  private record Change(StoredDocument document, List<EmbeddedPassage> passages) {}

  private PgVectorStore(PgConnections connections, long version) {
    this.connections = connections;
    this.version = version;
  }

  /// Opens the store in the connections' current schema; makes its tables where there are none,
  /// which needs the right to, and the extension `vector`.
  ///
  /// @param dimension elements of a vector
  /// @param madeWith what the passages depend on: embedder, sizes
  /// @throws UsageException when the tables there were made with something else
  public static PgVectorStore open(PgConnections connections, int dimension, String madeWith)
      throws IOException {
    var state =
        connections.transaction(
            PgSchema.EVERYBODY,
            connection -> {
              if (!PgSchema.exists(connection)) {
                PgSchema.create(connection, dimension, madeWith);
              }
              return PgState.read(connection);
            });
    if (!state.madeWith().equals(madeWith)) {
      throw new UsageException(
          "the database has another index already (made with %s; this one: %s)"
              .formatted(state.madeWith(), madeWith),
          "give this one a schema of its own: …&currentSchema=NAME");
    }
    return new PgVectorStore(connections, state.version());
  }

  /// A view of the last committed state.
  public static PassageView read(PgConnections connections) throws IOException {
    var state = connections.transaction(PgSchema.EVERYBODY, PgState::read);
    return new PgVectorView(connections, state);
  }

  /// Deletes the tables with all that is in them.
  public static void drop(PgConnections connections) throws IOException {
    connections.transaction(
        PgSchema.EVERYBODY,
        connection -> {
          PgSchema.drop(connection);
          return true;
        });
  }

  @Override
  public SortedMap<String, StoredDocument> documents() throws IOException {
    return connections.transaction(PgSchema.EVERYBODY, this::documents);
  }

  private SortedMap<String, StoredDocument> documents(Connection connection) throws SQLException {
    var documents = new TreeMap<String, StoredDocument>();
    try (var statement =
        connection.prepareStatement("select * from hone_document where ended = ?")) {
      statement.setLong(1, PgSchema.OPEN);
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          var document = PgRows.document(rows);
          documents.put(document.source(), document);
        }
      }
    }
    return Collections.unmodifiableSortedMap(documents);
  }

  @Override
  public synchronized void put(StoredDocument document, List<EmbeddedPassage> passages) {
    for (var label : document.access()) {
      if (label.indexOf(',') >= 0 || label.equals(PgSchema.EVERYBODY)) {
        throw new IllegalArgumentException("access label must have no comma, got " + label);
      }
    }
    changes.put(document.source(), Optional.of(new Change(document, List.copyOf(passages))));
  }

  @Override
  public synchronized void remove(String source) {
    changes.put(source, Optional.empty());
  }

  @Override
  public Optional<float[]> vector(String hash) throws IOException {
    return connections.transaction(
        PgSchema.EVERYBODY,
        connection -> {
          try (var statement =
              connection.prepareStatement(
                  "select embedding::text from hone_passage where hash = ? limit 1")) {
            statement.setString(1, hash);
            try (var row = statement.executeQuery()) {
              return row.next()
                  ? Optional.of(PgRows.vector(row.getString(1)))
                  : Optional.<float[]>empty();
            }
          }
        });
  }

  /// @throws StoreInUseException when somebody else has committed since this store was opened or
  ///   last committed
  @Override
  public synchronized void commit() throws IOException {
    if (changes.isEmpty()) {
      return;
    }
    boolean isMine = connections.transaction(PgSchema.EVERYBODY, this::write);
    if (!isMine) {
      throw new StoreInUseException("the index in PostgreSQL: another process has updated it");
    }
    version++;
    changes.clear();
  }

  private boolean write(Connection connection) throws SQLException {
    var state = PgState.lock(connection);
    if (state.version() != version) {
      return false;
    }
    try (var writer = new PgWriter(connection, state)) {
      for (var change : changes.entrySet()) {
        writer.end(change.getKey());
        if (change.getValue().isPresent()) {
          writer.add(change.getValue().get().document(), change.getValue().get().passages());
        }
      }
      writer.finish();
    }
    return true;
  }

  @Override
  public PassageView view() throws IOException {
    return read(connections);
  }

  /// What was not committed is forgotten.
  @Override
  public synchronized void close() {
    changes.clear();
  }
}
