package dev.hone.server.state;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// The statements of one transaction. Values are bound, never part of the text.
record Sql(Connection connection) {
  /// Makes an object of a row.
  @FunctionalInterface
  interface Reader<T> {
    T read(ResultSet row) throws SQLException;
  }

  /// Rows changed.
  int update(String sql, Object... values) throws SQLException {
    try (var statement = prepared(sql, values)) {
      return statement.executeUpdate();
    }
  }

  <T> List<T> list(Reader<T> reader, String sql, Object... values) throws SQLException {
    try (var statement = prepared(sql, values);
        var rows = statement.executeQuery()) {
      var list = new ArrayList<T>();
      while (rows.next()) {
        list.add(reader.read(rows));
      }
      return list;
    }
  }

  <T> Optional<T> first(Reader<T> reader, String sql, Object... values) throws SQLException {
    return list(reader, sql, values).stream().findFirst();
  }

  /// The number that a query gives.
  long number(String sql, Object... values) throws SQLException {
    return first(row -> row.getLong(1), sql, values).orElseThrow();
  }

  private PreparedStatement prepared(String sql, Object... values) throws SQLException {
    var statement = connection.prepareStatement(sql);
    try {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, plain(values[i]).orElse(null));
      }
      return statement;
    } catch (SQLException | RuntimeException e) {
      statement.close();
      throw e;
    }
  }

  /// As a driver takes it, a text or a number; empty for null.
  private static Optional<Object> plain(Object value) {
    return switch (value) {
      case Optional<?> maybe -> maybe.flatMap(Sql::plain);
      case OptionalInt maybe ->
          maybe.isPresent() ? Optional.of((long) maybe.getAsInt()) : Optional.empty();
      case OptionalLong maybe ->
          maybe.isPresent() ? Optional.of(maybe.getAsLong()) : Optional.empty();
      case OptionalDouble maybe ->
          maybe.isPresent() ? Optional.of(maybe.getAsDouble()) : Optional.empty();
      case Instant time -> Optional.of(time.getEpochSecond());
      case Boolean flag -> Optional.of(flag ? 1L : 0L);
      case Integer number -> Optional.of((long) number);
      default -> Optional.of(value);
    };
  }

  static Optional<String> text(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getString(column));
  }

  static Instant time(ResultSet row, String column) throws SQLException {
    return Instant.ofEpochSecond(row.getLong(column));
  }

  static Optional<Instant> maybeTime(ResultSet row, String column) throws SQLException {
    return maybeLong(row, column).map(Instant::ofEpochSecond);
  }

  static Optional<Long> maybeLong(ResultSet row, String column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? Optional.empty() : Optional.of(value);
  }
}
