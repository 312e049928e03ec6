package dev.hone.server.state;

import dev.hone.rag.store.PgConnections;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/// Where the state is, and what tenants may have.
///
/// @param data the data directory, one server's at a time
/// @param postgres where the rows are; empty for SQLite in the data directory
/// @param quota of tenants that have none of their own
public record StateSettings(Path data, Optional<PgConnections> postgres, Quota quota, Clock clock) {
  /// SQLite in a directory.
  public static StateSettings sqlite(Path data) {
    return new StateSettings(data, Optional.empty(), Quota.DEFAULT, Clock.systemUTC());
  }

  /// Rows in PostgreSQL, contents in a directory.
  public static StateSettings postgres(Path data, PgConnections connections) {
    return new StateSettings(data, Optional.of(connections), Quota.DEFAULT, Clock.systemUTC());
  }

  Engine engine() {
    return postgres.isPresent()
        ? new Engine.Postgres(postgres.get())
        : new Engine.Sqlite(data.resolve("state.db"));
  }
}
