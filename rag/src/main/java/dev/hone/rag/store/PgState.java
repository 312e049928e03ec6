package dev.hone.rag.store;

import java.sql.Connection;
import java.sql.SQLException;

/// Where an index in PostgreSQL stands.
///
/// @param madeWith what its passages depend on
/// @param version counts commits
/// @param nextId of the next passage; never used twice
/// @param passages that hold now
/// @param stems of all of them, for BM25's mean length
record PgState(String madeWith, long version, long nextId, long passages, long stems) {
  static PgState read(Connection connection) throws SQLException {
    return read(connection, "select * from hone_state");
  }

  /// The same, and nobody else gets it before the transaction ends.
  static PgState lock(Connection connection) throws SQLException {
    return read(connection, "select * from hone_state for update");
  }

  private static PgState read(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      row.next();
      return new PgState(
          row.getString("made_with"),
          row.getLong("version"),
          row.getLong("next_id"),
          row.getLong("passages"),
          row.getLong("stems"));
    }
  }
}
