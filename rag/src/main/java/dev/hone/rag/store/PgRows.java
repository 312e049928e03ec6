package dev.hone.rag.store;

import dev.hone.rag.passage.Passage;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;

/// Rows of PostgreSQL as Hone's values, and back.
final class PgRows {
  private PgRows() {}

  static Array array(Connection connection, Collection<String> texts) throws SQLException {
    return connection.createArrayOf("text", texts.toArray());
  }

  private static List<String> list(ResultSet row, String column) throws SQLException {
    return List.of((String[]) row.getArray(column).getArray());
  }

  static StoredDocument document(ResultSet row) throws SQLException {
    return new StoredDocument(
        row.getString("source"),
        row.getString("title"),
        row.getString("file_hash"),
        row.getString("text_hash"),
        row.getInt("passages"),
        row.getLong("stripped"),
        Set.copyOf(list(row, "access")));
  }

  static StoredPassage passage(ResultSet row) throws SQLException {
    var metadata = new LinkedHashMap<String, String>();
    JsonMapper.shared()
        .readTree(row.getString("metadata"))
        .forEachEntry((name, value) -> metadata.put(name, value.asString()));
    var passage =
        new Passage(
            row.getInt("start"),
            row.getString("body"),
            list(row, "headings"),
            row.getInt("page"),
            metadata);
    return new StoredPassage(
        row.getString("source"), row.getString("title"), row.getString("text_hash"), passage);
  }

  /// pgvector's text form; it gives the same floats back.
  static String text(float[] vector) {
    var text = new StringBuilder("[");
    for (float x : vector) {
      text.append(text.length() > 1 ? "," : "").append(x);
    }
    return text.append(']').toString();
  }

  static float[] vector(String text) {
    var elements = text.substring(1, text.length() - 1).split(",");
    var vector = new float[elements.length];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = Float.parseFloat(elements[i]);
    }
    return vector;
  }
}
