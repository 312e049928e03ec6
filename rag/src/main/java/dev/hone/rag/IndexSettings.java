package dev.hone.rag;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.AtomicFile;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.checkpoint.JsonFile;
import dev.hone.model.checkpoint.JsonObject;
import dev.hone.rag.passage.PassageCutter;
import dev.hone.rag.retrieve.Fusion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/// What an index was made with, in its `hone-index.json`: embedder, size, access and database must
/// stay the same for as long as the index lives.
///
/// @param embedder fingerprint of what made the vectors
/// @param size of the passages, in the embedder's tokens
/// @param hasAccess whether a document without a label is unreadable
/// @param weight of words against vectors
/// @param recall how many of the ten nearest passages the search by vectors finds, measured at the
///   last update; empty where it compares with all
/// @param database the JDBC URL of the PostgreSQL that has the passages; empty where they lie
///   beside this file
record IndexSettings(
    String embedder,
    PassageCutter.Size size,
    boolean hasAccess,
    double weight,
    Optional<Double> recall,
    Optional<String> database) {
  private static final String FILE = "hone-index.json";
  private static final int FORMAT = 1;

  static Optional<IndexSettings> read(Path index) throws IOException {
    var file = JsonFile.readIfPresent(index.resolve(FILE));
    return file.isEmpty() ? Optional.empty() : Optional.of(of(file.get()));
  }

  private static IndexSettings of(JsonObject json) throws CheckpointException {
    int format = json.integer("format", 1, Integer.MAX_VALUE);
    if (format != FORMAT) {
      throw new UsageException(
          "%s: has format %d, this Hone reads %d".formatted(json.path(), format, FORMAT),
          "make the index again, with --rebuild");
    }
    int max = json.integer("max_passage_tokens", 1, Integer.MAX_VALUE);
    var size = new PassageCutter.Size(json.integer("passage_tokens", 1, max), max);
    var embedder = json.string("embedder");
    return new IndexSettings(
        embedder.orElse("unknown"),
        size,
        json.bool("access", false),
        json.number("weight_of_words").orElse(Fusion.DEFAULT.weight()),
        json.number("recall_at_10"),
        json.string("database"));
  }

  /// Whether an index of the one can be used as the other says.
  boolean agreesWith(IndexSettings other) {
    return embedder.equals(other.embedder)
        && size.equals(other.size)
        && hasAccess == other.hasAccess
        && database.equals(other.database);
  }

  /// What the passages and vectors depend on.
  String madeWith() {
    return "%s; %d of %d tokens; %s access rules"
        .formatted(embedder, size.target(), size.max(), hasAccess ? "with" : "without");
  }

  IndexSettings withRecall(Optional<Double> measured) {
    return new IndexSettings(embedder, size, hasAccess, weight, measured, database);
  }

  IndexSettings withWeight(double tuned) {
    return new IndexSettings(embedder, size, hasAccess, tuned, recall, database);
  }

  void write(Path index) throws IOException {
    var json = new LinkedHashMap<String, Object>();
    json.put("format", FORMAT);
    json.put("embedder", embedder);
    json.put("passage_tokens", size.target());
    json.put("max_passage_tokens", size.max());
    json.put("access", hasAccess);
    json.put("weight_of_words", weight);
    recall.ifPresent(measured -> json.put("recall_at_10", measured));
    database.ifPresent(url -> json.put("database", url));
    AtomicFile.write(
        index.resolve(FILE),
        JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
  }
}
