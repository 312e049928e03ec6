package dev.hone.rag.store;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;

/// Where a store in PostgreSQL gets its connections: a pool's `DataSource::getConnection`, say.
@FunctionalInterface
public interface PgConnections {
  Connection open() throws SQLException;

  /// Work in a transaction.
  @FunctionalInterface
  interface Work<T> {
    T run(Connection connection) throws SQLException;
  }

  /// One transaction on a connection of its own.
  ///
  /// @param readers labels that rows are seen by, separated by commas
  default <T> T transaction(String readers, Work<T> work) throws IOException {
    try (var connection = open()) {
      connection.setAutoCommit(false);
      try {
        PgSchema.read(connection, readers);
        var result = work.run(connection);
        connection.commit();
        return result;
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      }
    } catch (SQLException e) {
      // A batch's own message has all its values in it.
      var reason = e.getNextException() == null ? e : e.getNextException();
      throw new IOException("PostgreSQL: " + reason.getMessage(), e);
    }
  }
}
