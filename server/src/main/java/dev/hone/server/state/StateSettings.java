package dev.hone.server.state;

import dev.hone.model.UsageException;
import dev.hone.rag.store.PgConnections;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Clock;
import java.util.Optional;
import java.util.regex.Pattern;

/// Where the state is, and what tenants may have.
///
/// @param data the data directory, one server's at a time
/// @param postgres where the rows are; empty for SQLite in the data directory
/// @param quota of tenants that have none of their own
public record StateSettings(Path data, Optional<PgConnections> postgres, Quota quota, Clock clock) {
  private static final Pattern PASSWORD = Pattern.compile("(?i)password=|//[^/?]*@");

  /// SQLite in a directory.
  public static StateSettings sqlite(Path data) {
    return new StateSettings(data, Optional.empty(), Quota.DEFAULT, Clock.systemUTC());
  }

  /// Rows in PostgreSQL, contents in a directory.
  ///
  /// @param url of JDBC
  /// @throws UsageException where it is no PostgreSQL's, or has a password; it isn't shown then
  public static StateSettings postgres(Path data, String url) {
    if (!url.startsWith("jdbc:postgresql:")) {
      throw new UsageException(
          "--database is no URL of a PostgreSQL",
          "for instance jdbc:postgresql://localhost/hone?user=hone");
    }
    if (PASSWORD.matcher(url).find()) {
      throw new UsageException(
          "the database's URL has a password, which everybody on this machine can see then",
          "put the password into ~/.pgpass, where PostgreSQL's programs look for it");
    }
    PgConnections connections = () -> DriverManager.getConnection(url);
    return new StateSettings(data, Optional.of(connections), Quota.DEFAULT, Clock.systemUTC());
  }

  /// @param bytes that a tenant may store who has no quota of its own
  public StateSettings withFileQuota(long bytes) {
    return new StateSettings(data, postgres, new Quota(bytes, quota.openJobs()), clock);
  }

  Engine engine() {
    return postgres.isPresent()
        ? new Engine.Postgres(postgres.get())
        : new Engine.Sqlite(data.resolve("state.db"));
  }
}
