package dev.hone.server.state;

import dev.hone.server.api.ApiException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.regex.Pattern;

/// Who owns things, and how much of them they may own. A tenant without a row has the server's
/// default quota.
public final class Tenants {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  private final Database database;
  private final Quota standard;

  Tenants(Database database, Quota standard) {
    this.database = database;
    this.standard = standard;
  }

  /// @throws ApiException where it is no name: models are called by it
  public static String requireName(String tenant) {
    if (!isName(tenant)) {
      throw ApiException.invalid(
          "tenant", "a tenant's name has 1 to 64 letters, digits, dots, dashes and underscores");
    }
    return tenant;
  }

  static boolean isName(String tenant) {
    return NAME.matcher(tenant).matches();
  }

  public Quota quota(String tenant) throws IOException {
    return database.read(sql -> quota(sql, tenant));
  }

  public void setQuota(String tenant, Quota quota) throws IOException {
    requireName(tenant);
    database.write(sql -> {
      sql.update("delete from hone_tenant where name = ?", tenant);
      return sql.update(
          "insert into hone_tenant(name, file_bytes, open_jobs) values (?, ?, ?)",
          tenant,
          quota.fileBytes(),
          quota.openJobs());
    });
  }

  private Quota quota(Sql sql, String tenant) throws SQLException {
    return sql.first(
            row -> new Quota(row.getLong(1), row.getLong(2)),
            "select file_bytes, open_jobs from hone_tenant where name = ?",
            tenant)
        .orElse(standard);
  }

  /// Bytes that a tenant stores.
  public long usedBytes(String tenant) throws IOException {
    return database.read(sql -> usedBytes(sql, tenant));
  }

  private static long usedBytes(Sql sql, String tenant) throws SQLException {
    return sql.number("select coalesce(sum(bytes), 0) from hone_file where tenant = ?", tenant)
        + sql.number(
            "select coalesce(sum(p.bytes), 0) from hone_upload_part p"
                + " join hone_upload u on u.id = p.upload where u.tenant = ?",
            tenant);
  }

  /// Refuses more than the quota has room for.
  void requireRoom(Sql sql, String tenant, long moreBytes) throws SQLException {
    long most = quota(sql, tenant).fileBytes();
    if (usedBytes(sql, tenant) + moreBytes > most) {
      throw ApiException.quota(
          "You have exceeded your file storage quota of %,d bytes; delete files to make room"
              .formatted(most));
    }
  }

  /// Refuses one job more than the quota has.
  void requireJob(Sql sql, String tenant) throws SQLException {
    long most = quota(sql, tenant).openJobs();
    long open =
        sql.number(
            "select count(*) from hone_job where tenant = ?"
                + " and status in ('validating_files', 'queued', 'running')",
            tenant);
    if (open >= most) {
      throw ApiException.quota(
          "You have %d fine-tuning jobs that have not ended, and may have %d; wait or cancel one"
              .formatted(open, most));
    }
  }
}
