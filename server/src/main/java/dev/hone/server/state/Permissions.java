package dev.hone.server.state;

import dev.hone.server.api.ApiException;
import dev.hone.server.api.CheckpointPermission;
import dev.hone.server.api.Page;
import dev.hone.server.api.PageRequest;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Which tenants may see and ask a model of another one, which grants it. A permission ends with
/// its model. Whether a tenant is there at all is not told.
public final class Permissions {
  private final Database database;
  private final Clock clock;

  Permissions(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  /// Grants a model of `tenant` to others; what was granted before stays as it was.
  ///
  /// @return one permission for each of them
  /// @throws ApiException where the tenant has no such model
  public List<CheckpointPermission> grant(String tenant, String model, List<String> others)
      throws IOException {
    return database.write(sql -> {
      Models.require(sql, tenant, model);
      others.forEach(other -> requireOther(tenant, other));
      var granted = new ArrayList<CheckpointPermission>();
      for (var other : others) {
        granted.add(grant(sql, model, other));
      }
      return granted;
    });
  }

  private static void requireOther(String tenant, String other) {
    if (!Tenants.isName(other)) {
      throw ApiException.invalid(
          "project_ids",
          "a project's id has 1 to 64 letters, digits, dots, dashes and underscores");
    }
    if (other.equals(tenant)) {
      throw ApiException.invalid(
          "project_ids", "The project '%s' owns the model already.".formatted(tenant));
    }
  }

  private CheckpointPermission grant(Sql sql, String model, String tenant) throws SQLException {
    sql.update(
        "insert into hone_model_permission(id, tenant, seq, created_at, model) values"
            + " (?, ?, (select coalesce(max(seq), 0) + 1 from hone_model_permission), ?, ?)"
            + " on conflict do nothing",
        Ids.next("cp_"),
        tenant,
        clock.instant(),
        model);
    return sql.first(
            Permissions::read,
            "select * from hone_model_permission where model = ? and tenant = ?",
            model,
            tenant)
        .orElseThrow();
  }

  /// Newest first.
  ///
  /// @param other whose permissions are listed; empty for everybody's
  public Page<CheckpointPermission> list(
      String tenant, String model, Optional<String> other, PageRequest page) throws IOException {
    var all = Listing.of("hone_model_permission", "model = ?", model);
    var listing = other.isPresent() ? all.filtered("tenant = ?", List.of(other.get())) : all;
    return database.read(sql -> {
      Models.require(sql, tenant, model);
      return listing.page(sql, Permissions::read, page);
    });
  }

  /// @return what is no more
  public CheckpointPermission revoke(String tenant, String model, String id) throws IOException {
    return database.write(sql -> {
      Models.require(sql, tenant, model);
      var found =
          sql.first(
                  Permissions::read,
                  "select * from hone_model_permission where model = ? and id = ?",
                  model,
                  id)
              .orElseThrow(
                  () -> ApiException.notFound("permission_id", "No such permission: " + id));
      sql.update("delete from hone_model_permission where id = ?", id);
      return found;
    });
  }

  private static CheckpointPermission read(ResultSet row) throws SQLException {
    return new CheckpointPermission(
        row.getString("id"), Sql.time(row, "created_at"), row.getString("tenant"));
  }
}
