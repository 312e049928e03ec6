package dev.hone.rag.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// One commit: rows that end, rows that begin, and the state behind them.
final class PgWriter implements AutoCloseable {
  private static final int BATCH = 200;

  private final Connection connection;
  private final long version;
  private final PreparedStatement passage;
  private final PreparedStatement words;
  private long nextId;
  private long count;
  private long stems;
  private int waiting;

  PgWriter(Connection connection, PgState before) throws SQLException {
    this.connection = connection;
    this.version = before.version() + 1;
    this.nextId = before.nextId();
    this.count = before.passages();
    this.stems = before.stems();
    this.passage =
        connection.prepareStatement(
            """
            insert into hone_passage values
              (?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?, ?, ?, null, ?::vector)\
            """);
    this.words =
        connection.prepareStatement(
            "insert into hone_word select s, ?, n from unnest(?, ?) as word(s, n)");
  }

  /// Ends the document of that name, if there is one.
  void end(String source) throws SQLException {
    try (var document = ending("hone_document", "source", source);
        var passages = ending("hone_passage", "stems", source)) {
      document.execute();
      try (var rows = passages.executeQuery()) {
        while (rows.next()) {
          count--;
          stems -= rows.getInt("stems");
        }
      }
    }
  }

  private PreparedStatement ending(String table, String returned, String source)
      throws SQLException {
    var statement =
        connection.prepareStatement(
            "update %s set ended = ?, ended_at = now() where source = ? and ended = ? returning %s"
                .formatted(table, returned));
    statement.setLong(1, version);
    statement.setString(2, source);
    statement.setLong(3, PgSchema.OPEN);
    return statement;
  }

  void add(StoredDocument document, List<EmbeddedPassage> embedded) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            "insert into hone_document values (?, ?, ?, ?, ?, ?, ?, ?, ?, null)")) {
      statement.setString(1, document.source());
      statement.setString(2, document.title());
      statement.setString(3, document.fileHash());
      statement.setString(4, document.textHash());
      statement.setInt(5, document.passages());
      statement.setLong(6, document.stripped());
      statement.setArray(7, PgRows.array(connection, document.access()));
      statement.setLong(8, version);
      statement.setLong(9, PgSchema.OPEN);
      statement.execute();
    }
    for (var one : embedded) {
      add(document, one);
    }
  }

  private void add(StoredDocument document, EmbeddedPassage embedded) throws SQLException {
    var one = embedded.passage();
    var counts = Stems.counts(one.text());
    int length = counts.values().stream().mapToInt(Integer::intValue).sum();
    passage.setLong(1, nextId);
    passage.setString(2, document.source());
    passage.setString(3, document.title());
    passage.setString(4, document.textHash());
    passage.setString(5, embedded.hash());
    passage.setInt(6, one.start());
    passage.setString(7, one.text());
    passage.setArray(8, PgRows.array(connection, one.headings()));
    passage.setInt(9, one.page());
    passage.setString(10, JsonMapper.shared().writeValueAsString(one.metadata()));
    passage.setArray(11, PgRows.array(connection, document.access()));
    passage.setInt(12, length);
    passage.setLong(13, version);
    passage.setLong(14, PgSchema.OPEN);
    passage.setString(15, PgRows.text(embedded.vector()));
    passage.addBatch();
    addWords(counts);
    nextId++;
    count++;
    stems += length;
    if (++waiting == BATCH) {
      flush();
    }
  }

  private void addWords(Map<String, Integer> counts) throws SQLException {
    words.setLong(1, nextId);
    words.setArray(2, PgRows.array(connection, counts.keySet()));
    words.setArray(3, connection.createArrayOf("int4", counts.values().toArray()));
    words.addBatch();
  }

  private void flush() throws SQLException {
    passage.executeBatch();
    words.executeBatch();
    waiting = 0;
  }

  /// Writes what is left, and the state; forgets what ended long ago.
  void finish() throws SQLException {
    flush();
    try (var statement =
        connection.prepareStatement(
            "update hone_state set version = ?, next_id = ?, passages = ?, stems = ?")) {
      statement.setLong(1, version);
      statement.setLong(2, nextId);
      statement.setLong(3, count);
      statement.setLong(4, stems);
      statement.execute();
    }
    try (var statement = connection.createStatement()) {
      for (var table : List.of("hone_document", "hone_passage")) {
        statement.execute(
            "delete from %s where ended_at < now() - interval '%d minutes'"
                .formatted(table, PgVectorView.MINUTES));
      }
    }
  }

  @Override
  public void close() throws SQLException {
    passage.close();
    words.close();
  }
}
