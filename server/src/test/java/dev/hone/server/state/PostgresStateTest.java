package dev.hone.server.state;

import dev.hone.rag.store.PgConnections;
import java.io.IOException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.Tag;

/// Needs a PostgreSQL: `acceptance/run SHARED 82-postgres` starts one.
@Tag("postgres")
class PostgresStateTest extends StateContract {
  private static final PgConnections CONNECTIONS =
      () -> DriverManager.getConnection(System.getenv("HONE_POSTGRES"));

  @Override
  Optional<PgConnections> postgres() {
    return Optional.of(CONNECTIONS);
  }

  @Override
  void clear() throws IOException {
    try (var connection = CONNECTIONS.open();
        var statement = connection.createStatement()) {
      statement.execute(
          "drop table if exists hone_audit, hone_key, hone_model_permission, hone_model,"
              + " hone_job_checkpoint, hone_job_event, hone_job_metadata, hone_job,"
              + " hone_upload_part, hone_upload, hone_file, hone_tenant, hone_installation,"
              + " hone_schema, hone_extra");
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }
}
