package dev.hone.server.state;

import dev.hone.server.api.Page;
import dev.hone.server.api.PageRequest;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;

/// Who did what. Entries are added and never changed.
public final class Audit {
  private final Database database;
  private final Clock clock;

  Audit(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  /// Adds an entry; [AuditEntry] says what its parts mean.
  public void add(String tenant, String actor, String action, String target, String detail)
      throws IOException {
    database.write(sql ->
        sql.update(
            "insert into hone_audit(id, tenant, seq, created_at, actor, action, target, detail)"
                + " values (?, ?, (select coalesce(max(seq), 0) + 1 from hone_audit),"
                + " ?, ?, ?, ?, ?)",
            Ids.next("audit-"),
            tenant,
            clock.instant(),
            actor,
            action,
            target,
            detail));
  }

  /// Those of all tenants, newest first.
  Page<AuditEntry> list(PageRequest page) throws IOException {
    var listing = new Listing("hone_audit", "id", "1 = 1", List.of(), "1 = 1", List.of());
    return database.read(sql -> listing.page(sql, Audit::read, page));
  }

  /// A tenant's, newest first.
  public Page<AuditEntry> list(String tenant, PageRequest page) throws IOException {
    var listing = Listing.of("hone_audit", "tenant = ?", tenant);
    return database.read(sql -> listing.page(sql, Audit::read, page));
  }

  private static AuditEntry read(ResultSet row) throws SQLException {
    return new AuditEntry(
        row.getString("id"),
        row.getString("tenant"),
        Sql.time(row, "created_at"),
        row.getString("actor"),
        row.getString("action"),
        row.getString("target"),
        row.getString("detail"));
  }
}
