package dev.hone.ladder.rung;

import dev.hone.rag.DocumentIndex;
import dev.hone.rag.document.Limits;
import dev.hone.rag.embed.Embedder;
import dev.hone.rag.update.UpdateListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// The documents of a task, indexed: passages short enough that some fit into the model's context.
///
/// @param path of the index
record PassageIndex(Path path, DocumentIndex.Searchable opened) {
  private static final int MOST_TOKENS = DocumentIndex.PASSAGE_TOKENS;

  /// Of the context, for one passage.
  private static final int SHARE = 8;

  static PassageIndex make(Path docs, Embedder embedder, int contextTokens, Materials materials)
      throws IOException {
    int tokens = Math.clamp(contextTokens / SHARE, 16, MOST_TOKENS);
    var path = materials.directory().resolve("index-of-" + tokens);
    var options = new DocumentIndex.Options(Optional.of(tokens), false, Optional.empty());
    try (var index = DocumentIndex.open(path, embedder, options)) {
      index.update(docs, Limits.DEFAULT, Optional.empty(), new Shown(materials.progress()));
    }
    return open(path, embedder);
  }

  static PassageIndex open(Path path, Embedder embedder) throws IOException {
    return new PassageIndex(path, DocumentIndex.read(path, embedder));
  }

  private record Shown(Materials.Progress progress) implements UpdateListener {
    @Override
    public void progressed(long done, long total) {
      progress.at("indexing", done, total);
    }

    @Override
    public void failed(String source, String reason) {
      progress.at("%s: %s".formatted(source, reason), 0, 0);
    }
  }
}
