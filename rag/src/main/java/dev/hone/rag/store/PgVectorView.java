package dev.hone.rag.store;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;

/// A state of an index in PostgreSQL: what held at its version. For ten minutes after it was
/// superseded; then its rows are deleted.
final class PgVectorView implements PassageView {
  static final int MINUTES = 10;

  /// pgvector searches a graph for at most so many.
  private static final int MOST_DEPTH = 1_000;

  private static final String HOLDS = " born <= ? and ended > ? ";

  private final PgConnections connections;
  private final PgState state;

  PgVectorView(PgConnections connections, PgState state) {
    this.connections = connections;
    this.state = state;
  }

  @Override
  public int size() {
    return Math.toIntExact(state.passages());
  }

  /// `Σ idf · n / (n + k₁ · (1 − b + b · length / mean length))`, as Lucene has it, but for the
  /// lengths, which it rounds.
  @Override
  public List<Scored> byWords(String question, Filter filter, int depth) throws IOException {
    var words = WeightedWord.rarest(words(question));
    if (words.isEmpty()) {
      return List.of();
    }
    return search(
        filter,
        """
        select p.id, sum(a.idf * w.count / (w.count + 1.2 * (0.25 + 0.75 * p.stems / ?))) as score
        from unnest(?, ?) as a(stem, idf)
          join hone_word w on w.stem = a.stem
          join hone_passage p on p.id = w.passage
        where %s group by p.id order by score desc, p.id limit ?\
        """
            .formatted(condition(filter)),
        (connection, statement) -> {
          var idfs = words.stream().map(WeightedWord::idf).toArray();
          statement.setDouble(1, (double) state.stems() / state.passages());
          statement.setArray(
              2, PgRows.array(connection, words.stream().map(WeightedWord::stem).toList()));
          statement.setArray(3, connection.createArrayOf("float8", idfs));
          statement.setInt(bind(connection, statement, 4, filter), depth);
        });
  }

  @Override
  public List<Scored> byVector(float[] vector, Filter filter, int depth) throws IOException {
    return isExact() ? byVectorExactly(vector, filter, depth) : nearest(vector, filter, depth);
  }

  private List<Scored> nearest(float[] vector, Filter filter, int depth) throws IOException {
    int wide = Math.clamp(depth, LEAST_DEPTH, MOST_DEPTH);
    return nearest(
        vector,
        filter,
        depth,
        "set local hnsw.ef_search = " + wide,
        // A search among few allowed ones goes on until it has enough of them.
        "set local hnsw.iterative_scan = strict_order",
        "set local hnsw.max_scan_tuples = 1000000");
  }

  @Override
  public List<Scored> byVectorExactly(float[] vector, Filter filter, int depth) throws IOException {
    return nearest(vector, filter, depth, "set local enable_indexscan = off");
  }

  private List<Scored> nearest(float[] vector, Filter filter, int depth, String... settings)
      throws IOException {
    return search(
        filter,
        """
        select p.id, 1 - (p.embedding <=> ?::vector) as score from hone_passage p
        where %s order by p.embedding <=> ?::vector limit ?\
        """
            .formatted(condition(filter)),
        (connection, statement) -> {
          try (var set = connection.createStatement()) {
            for (var setting : settings) {
              set.execute(setting);
            }
          }
          var text = PgRows.text(vector);
          statement.setString(1, text);
          int next = bind(connection, statement, 2, filter);
          statement.setString(next, text);
          statement.setInt(next + 1, depth);
        });
  }

  /// Sets a statement's parameters.
  @FunctionalInterface
  private interface Binding {
    void set(Connection connection, PreparedStatement statement) throws SQLException;
  }

  private List<Scored> search(Filter filter, String sql, Binding binding) throws IOException {
    var readers = filter.readers().map(labels -> String.join(",", labels));
    return connections.transaction(
        readers.orElse(PgSchema.EVERYBODY),
        connection -> {
          try (var statement = connection.prepareStatement(sql)) {
            binding.set(connection, statement);
            return scored(statement.executeQuery());
          }
        });
  }

  private static List<Scored> scored(ResultSet rows) throws SQLException {
    var scored = new ArrayList<Scored>();
    while (rows.next()) {
      scored.add(new Scored(rows.getLong("id"), rows.getDouble("score")));
    }
    return scored;
  }

  private static String condition(Filter filter) {
    return "p.born <= ? and p.ended > ? and p.metadata @> ?::jsonb"
        + (filter.readers().isPresent() ? " and p.access && ?" : "");
  }

  /// Binds [#condition]'s parameters, from `at` on.
  ///
  /// @return the place behind them
  private int bind(Connection connection, PreparedStatement statement, int at, Filter filter)
      throws SQLException {
    int next = at;
    statement.setLong(next++, state.version());
    statement.setLong(next++, state.version());
    statement.setString(next++, JsonMapper.shared().writeValueAsString(filter.metadata()));
    if (filter.readers().isPresent()) {
      statement.setArray(next++, PgRows.array(connection, filter.readers().get()));
    }
    return next;
  }

  @Override
  public boolean isExact() {
    return state.passages() < EXACT_BELOW;
  }

  @Override
  public List<Sample> sample(int count) throws IOException {
    long step = Math.max(1, state.passages() / count);
    return rows(
        """
        select id, embedding::text from
          (select id, embedding, row_number() over (order by id) as place from hone_passage where %s) all_of_them
        where (place - 1) %% %d = 0 limit %d\
        """
            .formatted(HOLDS, step, count),
        Optional.empty(),
        row -> new Sample(row.getLong(1), PgRows.vector(row.getString(2))));
  }

  @Override
  public StoredPassage passage(long id) throws IOException {
    return rows(
            "select * from hone_passage where" + HOLDS + "and id = ?",
            Optional.of(id),
            PgRows::passage)
        .stream()
        .findFirst()
        .orElseThrow(() ->
            new IOException(
                "passage %d is gone: the view was superseded over %d minutes ago"
                    .formatted(id, MINUTES)));
  }

  @Override
  public Optional<StoredDocument> document(String source) throws IOException {
    return rows(
            "select * from hone_document where" + HOLDS + "and source = ?",
            Optional.of(source),
            PgRows::document)
        .stream()
        .findFirst();
  }

  @Override
  public List<WeightedWord> words(String question) throws IOException {
    var stems = Stems.of(question);
    var holders = stems.isEmpty() ? Map.<String, Long>of() : holders(stems);
    return stems.stream()
        .map(stem -> WeightedWord.of(stem, holders.getOrDefault(stem, 0L), state.passages()))
        .toList();
  }

  private Map<String, Long> holders(Set<String> stems) throws IOException {
    return connections.transaction(
        PgSchema.EVERYBODY,
        connection -> {
          try (var statement =
              connection.prepareStatement(
                  """
                  select stem, count(*) from hone_word join hone_passage on id = passage
                  where %s and stem = any(?) group by stem\
                  """
                      .formatted(HOLDS))) {
            statement.setLong(1, state.version());
            statement.setLong(2, state.version());
            statement.setArray(3, PgRows.array(connection, stems));
            var holders = new HashMap<String, Long>();
            var rows = statement.executeQuery();
            while (rows.next()) {
              holders.put(rows.getString(1), rows.getLong(2));
            }
            return holders;
          }
        });
  }

  /// Reads a row.
  @FunctionalInterface
  private interface RowReader<T> {
    T read(ResultSet row) throws SQLException;
  }

  private <T> List<T> rows(String sql, Optional<Object> key, RowReader<T> reader)
      throws IOException {
    return connections.transaction(
        PgSchema.EVERYBODY,
        connection -> {
          try (var statement = connection.prepareStatement(sql)) {
            statement.setLong(1, state.version());
            statement.setLong(2, state.version());
            if (key.isPresent()) {
              statement.setObject(3, key.get());
            }
            var read = new ArrayList<T>();
            var rows = statement.executeQuery();
            while (rows.next()) {
              read.add(reader.read(rows));
            }
            return read;
          }
        });
  }

  @Override
  public Set<String> stems(String text) {
    return Stems.of(text);
  }

  /// Holds nothing.
  @Override
  public void close() {}
}
