package dev.hone.server.state;

import dev.hone.rag.store.PgConnections;
import dev.hone.tensor.NativeFiles;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;
import org.sqlite.util.OSInfo;

/// The two databases, and where they differ.
sealed interface Engine {
  Connection connect() throws SQLException;

  /// For messages.
  String name();

  /// The first thing in a writing transaction.
  void beginWriting(Sql sql) throws SQLException;

  /// One file. A commit is synced before it returns.
  record Sqlite(Path file) implements Engine {
    private static final int BUSY_MILLIS = 10_000;
    private static final String LIBRARY_FOLDER = "org.sqlite.lib.path";

    /// By itself the driver extracts its native library anew for each process, and each that is
    /// killed leaves it behind.
    static {
      if (System.getProperty(LIBRARY_FOLDER) == null) {
        var folder =
            NativeFiles.layOut(
                "sqlite-%s/%s"
                    .formatted(
                        SQLiteJDBCLoader.getVersion(), OSInfo.getNativeLibFolderPathForCurrentOS()),
                LibraryLoaderUtil.getNativeLibResourcePath() + "/",
                List.of(LibraryLoaderUtil.getNativeLibName()));
        System.setProperty(LIBRARY_FOLDER, folder.toString());
      }
    }

    @Override
    public Connection connect() throws SQLException {
      var config = new SQLiteConfig();
      config.setJournalMode(JournalMode.WAL);
      config.setSynchronous(SynchronousMode.FULL);
      config.setBusyTimeout(BUSY_MILLIS);
      config.enforceForeignKeys(true);
      return org.sqlite.JDBC.createConnection("jdbc:sqlite:" + file, properties(config));
    }

    private static Properties properties(SQLiteConfig config) {
      return config.toProperties();
    }

    @Override
    public String name() {
      return "SQLite";
    }

    /// What the driver has begun is a reader until it writes, and is refused then where another
    /// process has written since it first read. This is a writer from the start, and waits.
    @Override
    public void beginWriting(Sql sql) throws SQLException {
      sql.update("rollback");
      sql.update("begin immediate");
    }
  }

  /// A database that other servers may use too.
  record Postgres(PgConnections connections) implements Engine {
    /// Any number that nobody else locks.
    private static final long WRITERS = 7_364_150_951L;

    @Override
    public Connection connect() throws SQLException {
      return connections.open();
    }

    @Override
    public String name() {
      return "PostgreSQL";
    }

    @Override
    public void beginWriting(Sql sql) throws SQLException {
      sql.list(row -> row, "select pg_advisory_xact_lock(?)", WRITERS);
    }
  }
}
