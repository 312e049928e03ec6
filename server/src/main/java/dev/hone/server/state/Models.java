package dev.hone.server.state;

import dev.hone.server.api.ApiException;
import dev.hone.server.api.Deleted;
import dev.hone.server.api.Page;
import dev.hone.server.api.PageRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The models that jobs have made, by name.
public final class Models {
  private static final String ASKABLE =
      "(tenant = ? or exists (select 1 from hone_model_permission p"
          + " where p.model = hone_model.name and p.tenant = ?))";

  private final Database database;
  private final Path data;

  Models(Database database, Path data) {
    this.database = database;
    this.data = data;
  }

  /// Models and checkpoints that a tenant may ask, its own and what it has a permission for, newest
  /// first.
  public Page<ModelEntry> list(String tenant, PageRequest page) throws IOException {
    var listing =
        new Listing("hone_model", "name", ASKABLE, List.of(tenant, tenant), "1 = 1", List.of());
    return database.read(sql -> listing.page(sql, Models::read, page));
  }

  /// A model that a tenant may ask.
  public Optional<ModelEntry> askable(String tenant, String name) throws IOException {
    return database.read(sql ->
        sql.first(
            Models::read,
            "select * from hone_model where " + ASKABLE + " and name = ?",
            tenant,
            tenant,
            name));
  }

  /// A model of a tenant's own.
  public Optional<ModelEntry> find(String tenant, String name) throws IOException {
    return database.read(sql -> find(sql, tenant, name));
  }

  /// @throws ApiException where the tenant has no such model of its own
  static ModelEntry require(Sql sql, String tenant, String name) throws SQLException {
    return find(sql, tenant, name).orElseThrow(() -> missing(name));
  }

  private static Optional<ModelEntry> find(Sql sql, String tenant, String name)
      throws SQLException {
    return sql.first(
        Models::read, "select * from hone_model where tenant = ? and name = ?", tenant, name);
  }

  /// Where an adapter lies.
  public Path directory(ModelEntry model) {
    return data.resolve(model.adapter());
  }

  public Deleted delete(String tenant, String name) throws IOException {
    var model =
        database.write(sql -> {
          var found = require(sql, tenant, name);
          sql.update("delete from hone_job_checkpoint where model = ?", name);
          sql.update("delete from hone_model where name = ?", name);
          return found;
        });
    deleteTree(directory(model));
    return new Deleted(name, "model");
  }

  private static ApiException missing(String name) {
    return ApiException.notFound(
        "model", "model_not_found", "The model '%s' does not exist".formatted(name));
  }

  static void insert(Sql sql, ModelEntry model) throws SQLException {
    sql.update(
        "insert into hone_model(name, tenant, seq, created_at, base, job, directory) values"
            + " (?, ?, (select coalesce(max(seq), 0) + 1 from hone_model), ?, ?, ?, ?)"
            + " on conflict do nothing",
        model.id(),
        model.owner(),
        model.createdAt(),
        model.base(),
        model.job(),
        model.adapter().toString());
  }

  static void deleteTree(Path dir) throws IOException {
    if (Files.notExists(dir)) {
      return;
    }
    try (var content = Files.walk(dir)) {
      for (var one : content.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(one);
      }
    }
  }

  private static ModelEntry read(ResultSet row) throws SQLException {
    return new ModelEntry(
        row.getString("name"),
        row.getString("tenant"),
        Sql.time(row, "created_at"),
        row.getString("base"),
        row.getString("job"),
        Path.of(row.getString("directory")));
  }
}
