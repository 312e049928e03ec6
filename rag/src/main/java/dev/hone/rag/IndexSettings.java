package dev.hone.rag;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.AtomicFile;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.checkpoint.JsonFile;
import dev.hone.model.checkpoint.JsonObject;
import dev.hone.rag.passage.PassageCutter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/// What an index was made with, in its `hone-index.json`: all of it must stay the same for as long
/// as the index lives.
///
/// @param embedder fingerprint of what made the vectors
/// @param size of the passages, in the embedder's tokens
/// @param hasAccess whether a document without a label is unreadable
record IndexSettings(String embedder, PassageCutter.Size size, boolean hasAccess) {
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
    return new IndexSettings(embedder.orElse("unknown"), size, json.bool("access", false));
  }

  void write(Path index) throws IOException {
    var json = new LinkedHashMap<String, Object>();
    json.put("format", FORMAT);
    json.put("embedder", embedder);
    json.put("passage_tokens", size.target());
    json.put("max_passage_tokens", size.max());
    json.put("access", hasAccess);
    AtomicFile.write(
        index.resolve(FILE),
        JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
  }
}
