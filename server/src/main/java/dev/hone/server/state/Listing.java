package dev.hone.server.state;

import dev.hone.server.api.ApiException;
import dev.hone.server.api.ApiObject;
import dev.hone.server.api.Page;
import dev.hone.server.api.PageRequest;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// A list that is read in pages, in the order in which its rows came.
///
/// @param table a name in our SQL
/// @param id the column of ids
/// @param scope the condition that says whose rows they are; a cursor must keep it, too
/// @param scopeValues bound in it
/// @param filter a further condition
/// @param filterValues bound in it
record Listing(
    String table,
    String id,
    String scope,
    List<Object> scopeValues,
    String filter,
    List<Object> filterValues) {
  static Listing of(String table, String scope, Object value) {
    return new Listing(table, "id", scope, List.of(value), "1 = 1", List.of());
  }

  Listing withId(String column) {
    return new Listing(table, column, scope, scopeValues, filter, filterValues);
  }

  Listing filtered(String condition, List<Object> values) {
    return new Listing(table, id, scope, scopeValues, condition, values);
  }

  <T extends ApiObject> Page<T> page(Sql sql, Sql.Reader<T> reader, PageRequest request)
      throws SQLException {
    var values = new ArrayList<Object>(scopeValues);
    values.addAll(filterValues);
    var text = "select * from %s where %s and %s".formatted(table, scope, filter);
    if (request.after().isPresent()) {
      text += request.isAscending() ? " and seq > ?" : " and seq < ?";
      values.add(position(sql, request.after().get()));
    }
    text += request.isAscending() ? " order by seq limit ?" : " order by seq desc limit ?";
    values.add(request.limit() + 1);
    var rows = sql.list(reader, text, values.toArray());
    boolean hasMore = rows.size() > request.limit();
    return new Page<>(hasMore ? rows.subList(0, request.limit()) : rows, hasMore);
  }

  private long position(Sql sql, String after) throws SQLException {
    var values = new ArrayList<Object>(scopeValues);
    values.add(after);
    return sql.first(
            row -> row.getLong(1),
            "select seq from %s where %s and %s = ?".formatted(table, scope, id),
            values.toArray())
        .orElseThrow(
            () -> ApiException.invalid("after", "nothing with the id '%s'".formatted(after)));
  }
}
