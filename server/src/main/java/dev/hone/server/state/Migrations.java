package dev.hone.server.state;

import dev.hone.model.UsageException;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/// The schema, step by step. A step is never changed once a release has it: another one follows.
final class Migrations {
  static final List<List<String>> STEPS = List.of(Schema.FIRST, Schema.SECOND);

  private Migrations() {}

  /// Runs the steps that are missing, each in a transaction of its own.
  static void run(Database database) throws IOException {
    run(database, STEPS);
  }

  static void run(Database database, List<List<String>> steps) throws IOException {
    int done = database.write(Migrations::version);
    if (done > steps.size()) {
      throw new UsageException(
          "the server's state has schema %d, and this Hone knows up to %d"
              .formatted(done, steps.size()),
          "use the Hone that made it, or a newer one");
    }
    for (int version = done + 1; version <= steps.size(); version++) {
      run(database, version, steps.get(version - 1));
    }
  }

  private static void run(Database database, int version, List<String> statements)
      throws IOException {
    database.write(sql -> {
      if (version(sql) < version) {
        for (var statement : statements) {
          sql.update(statement);
        }
        sql.update(
            "insert into hone_schema(version, applied_at) values (?, ?)", version, Instant.now());
      }
      return version;
    });
  }

  private static int version(Sql sql) throws SQLException {
    sql.update(
        "create table if not exists hone_schema(version bigint primary key, applied_at bigint)");
    return (int) sql.number("select coalesce(max(version), 0) from hone_schema");
  }
}
