package dev.hone.ladder.rung;

import dev.hone.rag.DocumentIndex;
import dev.hone.rag.document.Documents;
import dev.hone.rag.document.Limits;
import dev.hone.rag.document.UnreadableException;
import dev.hone.rag.embed.Embedder;
import dev.hone.rag.passage.PassageCutter;
import dev.hone.rag.passage.TokenCounter;
import dev.hone.rag.update.UpdateListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The documents of a task, indexed: passages short enough that some fit into the model's context.
///
/// @param path of the index
record PassageIndex(Path path, DocumentIndex.Searchable opened) {
  private static final int MOST_TOKENS = DocumentIndex.PASSAGE_TOKENS;

  /// Of the context, for one passage.
  private static final int SHARE = 8;

  /// What the embedder reads at most.
  private static final int LONGEST = 510;

  private static final int SOME_FILES = 200;

  static PassageIndex make(Path docs, Embedder embedder, int contextTokens, Materials materials)
      throws IOException {
    int tokens = passageTokens(contextTokens);
    var path = materials.directory().resolve("index-of-" + tokens);
    var options = new DocumentIndex.Options(Optional.of(tokens), false, Optional.empty());
    try (var index = DocumentIndex.open(path, embedder, options)) {
      index.update(docs, Limits.DEFAULT, Optional.empty(), new Shown(materials.progress()));
    }
    return open(path, embedder);
  }

  private static int passageTokens(int contextTokens) {
    return Math.clamp(contextTokens / SHARE, 16, MOST_TOKENS);
  }

  /// The passages that an index would have, about, without making one: as many tokens long as the
  /// model counts, where an index counts the embedder's. What cannot be read is left out.
  static List<String> passages(Path docs, TokenCounter counter, int contextTokens)
      throws IOException {
    int tokens = passageTokens(contextTokens);
    var cutter = new PassageCutter(counter, new PassageCutter.Size(tokens, LONGEST));
    var documents = new Documents(Limits.DEFAULT);
    var passages = new ArrayList<String>();
    try (var files = Files.walk(docs)) {
      for (var file : files.filter(Documents::isKnown).sorted().limit(SOME_FILES).toList()) {
        try {
          var document = documents.read(file, documents.content(file));
          cutter.cut(document).forEach(passage -> passages.add(passage.text()));
        } catch (UnreadableException e) {
          continue; // an index names it
        }
      }
    }
    return passages;
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
