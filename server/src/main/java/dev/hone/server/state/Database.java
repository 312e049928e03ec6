package dev.hone.server.state;

import dev.hone.server.api.ApiException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;

/// Transactions on SQLite or PostgreSQL.
///
/// Writes come one after the other, over all servers: so a transaction may look first and write
/// then. A write that returns is on disk. Reads go beside them and see what was committed.
final class Database implements AutoCloseable {
  /// Work in a transaction.
  @FunctionalInterface
  interface Work<T> {
    T run(Sql sql) throws SQLException, IOException;
  }

  private static final int VALID_WITHIN_SECONDS = 5;

  private final Engine engine;
  private final Queue<Connection> idle = new ConcurrentLinkedQueue<>();
  private final ReentrantLock writing = new ReentrantLock();

  private Database(Engine engine) {
    this.engine = engine;
  }

  /// Opens it, with the newest schema.
  ///
  /// @throws UsageException when a newer Hone has made its schema
  static Database open(Engine engine) throws IOException {
    var database = new Database(engine);
    try {
      Migrations.run(database);
      return database;
    } catch (IOException | RuntimeException e) {
      database.close();
      throw e;
    }
  }

  <T> T read(Work<T> work) throws IOException {
    return transaction(work);
  }

  <T> T write(Work<T> work) throws IOException {
    writing.lock();
    try {
      return transaction(sql -> {
        engine.beginWriting(sql);
        return work.run(sql);
      });
    } finally {
      writing.unlock();
    }
  }

  private <T> T transaction(Work<T> work) throws IOException {
    try {
      var connection = take();
      try {
        var result = work.run(new Sql(connection));
        connection.commit();
        idle.add(connection);
        return result;
      } catch (ApiException e) { // a refusal, not a failure
        connection.rollback();
        idle.add(connection);
        throw e;
      } catch (SQLException | IOException | RuntimeException e) {
        abandon(connection, e);
        throw e;
      }
    } catch (SQLException e) {
      throw new IOException(engine.name() + ": " + e.getMessage(), e);
    }
  }

  private Connection take() throws SQLException {
    for (var connection = idle.poll(); connection != null; connection = idle.poll()) {
      if (connection.isValid(VALID_WITHIN_SECONDS)) {
        return connection;
      }
      connection.close();
    }
    var connection = engine.connect();
    connection.setAutoCommit(false);
    return connection;
  }

  /// Closing rolls back; a connection that failed is not used again.
  private static void abandon(Connection connection, Exception why) {
    try (connection) {
      connection.rollback();
    } catch (SQLException e) {
      why.addSuppressed(e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      for (var connection = idle.poll(); connection != null; connection = idle.poll()) {
        connection.close();
      }
    } catch (SQLException e) {
      throw new IOException(engine.name() + ": " + e.getMessage(), e);
    }
  }
}
