package dev.hone.rag.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Needs a PostgreSQL with pgvector: `acceptance/run SHARED 82-postgres` starts one.
@Tag("postgres")
class PgVectorStoreTest extends PassageStoreContract {
  private static final PgConnections CONNECTIONS =
      () -> DriverManager.getConnection(System.getenv("HONE_POSTGRES"));

  @BeforeEach
  @AfterEach
  void drop() throws IOException {
    PgVectorStore.drop(CONNECTIONS);
  }

  @Override
  PassageStore open() throws IOException {
    return PgVectorStore.open(CONNECTIONS, embedder.dimension(), "words");
  }

  @Override
  PassageView read() throws IOException {
    return PgVectorStore.read(CONNECTIONS);
  }

  @Test
  void anIndexMadeOtherwiseIsRefused() throws IOException {
    open().close();
    var refused =
        assertThrows(
            UsageException.class,
            () -> PgVectorStore.open(CONNECTIONS, embedder.dimension(), "letters"));
    assertTrue(refused.getMessage().contains("made with words; this one: letters"));
  }

  @Test
  void aRoleWithoutPrivilegesSeesWhatItsLabelsAllow() throws IOException, SQLException {
    try (var store = open()) {
      put(store, "a.md", Set.of("g1"), "green tea", "black tea");
      put(store, "b.md", Set.of("g1", "g2"), "mill");
      put(store, "c.md", Set.of(), "bench");
      store.commit();
    }
    try (var connection = CONNECTIONS.open()) {
      connection.setAutoCommit(false);
      try (var statement = connection.createStatement()) {
        statement.execute("create role hone_reader");
        statement.execute("grant select on hone_document, hone_passage, hone_word to hone_reader");
        statement.execute("set local role hone_reader");
      }
      assertEquals(0, count(connection, "hone_passage"));
      assertEquals(0, count(connection, "hone_document"));
      assertEquals(0, count(connection, "hone_word"));
      PgSchema.read(connection, "g2,g9");
      assertEquals(1, count(connection, "hone_passage"));
      assertEquals(1, count(connection, "hone_word"));
      PgSchema.read(connection, "g1");
      assertEquals(3, count(connection, "hone_passage"));
      assertEquals(2, count(connection, "hone_document"));
      connection.rollback();
    }
  }

  private static int count(Connection connection, String table) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery("select count(*) from " + table)) {
      row.next();
      return row.getInt(1);
    }
  }
}
