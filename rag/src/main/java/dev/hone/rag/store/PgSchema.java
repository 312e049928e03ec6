package dev.hone.rag.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/// The tables of an index in PostgreSQL, in the connection's current schema.
///
/// Rows carry the versions between which they hold, so that a view is a number: it needs no
/// transaction that stays open, and works through a pool. Ended rows are deleted ten minutes later.
///
/// `hone_word` has how often each passage has each stem: BM25 over it counts as Lucene's does,
/// which PostgreSQL's own ranking does not.
final class PgSchema {
  /// The version at which a row ends that has not ended.
  static final long OPEN = Long.MAX_VALUE;

  /// What the setting `hone.readers` says where access is not checked.
  static final String EVERYBODY = "*";

  private static final String READABLE =
      "current_setting('hone.readers', true) = '*'"
          + " or access && string_to_array(current_setting('hone.readers', true), ',')";

  private PgSchema() {}

  /// Makes the tables where they are missing.
  static void create(Connection connection, int dimension, String madeWith) throws SQLException {
    try (var statement = connection.createStatement();
        var state =
            connection.prepareStatement("insert into hone_state values (true, ?, 0, 1, 0, 0)")) {
      for (var sql : tables(dimension)) {
        statement.execute(sql);
      }
      state.setString(1, madeWith);
      state.execute();
    }
  }

  private static List<String> tables(int dimension) {
    return List.of(
        "create extension if not exists vector",
        """
        create table hone_state(
          one boolean primary key check (one),
          made_with text not null,
          version bigint not null,
          next_id bigint not null,
          passages bigint not null,
          stems bigint not null)\
        """,
        """
        create table hone_document(
          source text not null,
          title text not null,
          file_hash text not null,
          text_hash text not null,
          passages int not null,
          stripped bigint not null,
          access text[] not null,
          born bigint not null,
          ended bigint not null,
          ended_at timestamptz,
          primary key (source, born))\
        """,
        """
        create table hone_passage(
          id bigint primary key,
          source text not null,
          title text not null,
          text_hash text not null,
          hash text not null,
          start int not null,
          body text not null,
          headings text[] not null,
          page int not null,
          metadata jsonb not null,
          access text[] not null,
          stems int not null,
          born bigint not null,
          ended bigint not null,
          ended_at timestamptz,
          embedding vector(%d) not null)\
        """
            .formatted(dimension),
        """
        create table hone_word(
          stem text not null,
          passage bigint not null references hone_passage on delete cascade,
          count int not null,
          primary key (stem, passage))\
        """,
        "create index on hone_word (passage)",
        "create index on hone_passage (hash)",
        "create index on hone_passage (source)",
        "create index on hone_passage using gin (metadata jsonb_path_ops)",
        "create index on hone_passage using hnsw (embedding vector_cosine_ops)",
        "alter table hone_document enable row level security, force row level security",
        "alter table hone_passage enable row level security, force row level security",
        "alter table hone_word enable row level security, force row level security",
        "create policy hone_reading on hone_document using (%s)".formatted(READABLE),
        "create policy hone_reading on hone_passage using (%s)".formatted(READABLE),
        "create policy hone_reading on hone_word"
            + " using (exists (select from hone_passage p where p.id = passage))");
  }

  static boolean exists(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var row =
            statement.executeQuery(
                "select to_regclass(quote_ident(current_schema()) || '.hone_state') is not null")) {
      return row.next() && row.getBoolean(1);
    }
  }

  static void drop(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("drop table if exists hone_word, hone_passage, hone_document, hone_state");
    }
  }

  /// Says, until the transaction ends, whose rows can be seen.
  static void read(Connection connection, String readers) throws SQLException {
    try (var statement =
        connection.prepareStatement("select set_config('hone.readers', ?, true)")) {
      statement.setString(1, readers);
      statement.execute();
    }
  }
}
