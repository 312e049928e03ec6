package dev.hone.server.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.hone.model.UsageException;
import dev.hone.rag.store.PgConnections;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SqliteStateTest extends StateContract {
  @Override
  Optional<PgConnections> postgres() {
    return Optional.empty();
  }

  /// A commit that returns is on disk: 2 is FULL.
  @Test
  void everyCommitIsSynced() throws IOException, SQLException {
    try (var connection = new Engine.Sqlite(dir.resolve("other.db")).connect()) {
      var sql = new Sql(connection);
      assertEquals(2, sql.number("pragma synchronous"));
      var mode = sql.first(row -> row.getString(1), "pragma journal_mode");
      assertEquals(Optional.of("wal"), mode);
    }
  }

  @Test
  void whereNothingIsKeptNothingIsMade() {
    var settings = StateSettings.sqlite(dir.resolve("mistyped"));
    assertThrows(UsageException.class, () -> Administration.open(settings));
    assertFalse(Files.exists(settings.data()));
  }

  @Test
  void theServersQuotaIsThatOfWhoeverHasNone() throws IOException {
    try (var other = State.open(StateSettings.sqlite(dir.resolve("other")).withFileQuota(5))) {
      other.tenants().setQuota("rich", Quota.DEFAULT);
      assertEquals(new Quota(5, Quota.DEFAULT.openJobs()), other.tenants().quota("poor"));
      assertEquals(Quota.DEFAULT, other.tenants().quota("rich"));
    }
  }

  /// Every test has a directory of its own.
  @Override
  void clear() {}
}
