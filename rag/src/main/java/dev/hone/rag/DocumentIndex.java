package dev.hone.rag;

import dev.hone.model.UsageException;
import dev.hone.rag.document.Documents;
import dev.hone.rag.document.Limits;
import dev.hone.rag.embed.Embedder;
import dev.hone.rag.passage.PassageCutter;
import dev.hone.rag.retrieve.Fusion;
import dev.hone.rag.retrieve.Retriever;
import dev.hone.rag.store.LuceneStore;
import dev.hone.rag.store.PassageStore;
import dev.hone.rag.store.PassageView;
import dev.hone.rag.store.StoreInUseException;
import dev.hone.rag.update.AccessRules;
import dev.hone.rag.update.IndexUpdate;
import dev.hone.rag.update.UpdateListener;
import dev.hone.rag.update.UpdateReport;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;

/// An index in a directory: settings, and the store beside them.
///
/// [#open] is for the one process that updates it, [#read] for any number that only search.
public final class DocumentIndex implements Closeable {
  /// Tokens after which a passage takes in no further block.
  public static final int PASSAGE_TOKENS = 200;

  private static final String STORE = "lucene";

  private final IndexSettings settings;
  private final Embedder embedder;
  private final PassageStore store;

  private DocumentIndex(IndexSettings settings, Embedder embedder, PassageStore store) {
    this.settings = settings;
    this.embedder = embedder;
    this.store = store;
  }

  /// What to make a new index with.
  ///
  /// @param passageTokens empty for [#PASSAGE_TOKENS], or as the index has it
  /// @param hasAccess whether only labelled documents can be read, and only by those who have a
  ///   label
  public record Options(Optional<Integer> passageTokens, boolean hasAccess) {}

  /// Opens an index for updates; makes one where there is none.
  ///
  /// @throws UsageException when the index was made otherwise, or somebody updates it
  public static DocumentIndex open(Path path, Embedder embedder, Options options)
      throws IOException {
    var known = IndexSettings.read(path);
    if (known.isEmpty()) {
      refuseOtherContent(path);
    }
    int usual = Math.min(PASSAGE_TOKENS, embedder.maxTokens());
    int target = options.passageTokens().or(() -> known.map(s -> s.size().target())).orElse(usual);
    var size = new PassageCutter.Size(target, embedder.maxTokens());
    var wanted = new IndexSettings(embedder.fingerprint(), size, options.hasAccess());
    if (known.isPresent()) {
      requireSame(path, known.get(), wanted);
    } else {
      Files.createDirectories(path);
      wanted.write(path);
    }
    try {
      return new DocumentIndex(wanted, embedder, LuceneStore.open(path.resolve(STORE)));
    } catch (StoreInUseException e) {
      throw new UsageException(
          path + ": another process is updating this index",
          "wait until it is done, or end it; searching goes on meanwhile",
          e);
    }
  }

  private static void refuseOtherContent(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    if (!Files.isDirectory(path)) {
      throw new UsageException(path + ": is a file", "give a new directory for the index");
    }
    try (var content = Files.list(path)) {
      if (content.findAny().isPresent()) {
        throw new UsageException(
            path + ": is no index, and not empty", "give a new directory for the index");
      }
    }
  }

  private static void requireSame(Path path, IndexSettings known, IndexSettings wanted) {
    if (!known.embedder().equals(wanted.embedder())) {
      throw new UsageException(
          "%s: its vectors are of another embedder (%s; this is %s)"
              .formatted(path, known.embedder(), wanted.embedder()),
          "embed everything anew: hone index DOCS --out %s --rebuild".formatted(path));
    }
    if (!known.equals(wanted)) {
      throw new UsageException(
          "%s: was made with passages of %d tokens and %s access rules"
              .formatted(path, known.size().target(), known.hasAccess() ? "with" : "without"),
          "give the same options, or make it anew with --rebuild");
    }
  }

  /// Deletes an index, and nothing that is none.
  public static void delete(Path path) throws IOException {
    if (IndexSettings.read(path).isEmpty()) {
      return;
    }
    try (var content = Files.walk(path)) {
      for (var file : content.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /// A state of an index to search in, as of now.
  ///
  /// @throws UsageException when there is no index, or it is of another embedder
  public static PassageView read(Path path, Embedder embedder) throws IOException {
    var known =
        IndexSettings.read(path)
            .orElseThrow(() ->
                new UsageException(
                    path + ": is no index", "make one: hone index DOCS --out " + path));
    requireSame(
        path, known, new IndexSettings(embedder.fingerprint(), known.size(), known.hasAccess()));
    return LuceneStore.read(path.resolve(STORE));
  }

  /// Whether searches must say who asks.
  public static boolean hasAccess(Path path) throws IOException {
    return IndexSettings.read(path).map(IndexSettings::hasAccess).orElse(false);
  }

  /// Brings the index in step with a folder.
  ///
  /// @param access present exactly if the index was made with access rules
  public UpdateReport update(
      Path root, Limits limits, Optional<AccessRules> access, UpdateListener listener)
      throws IOException {
    if (access.isPresent() != settings.hasAccess()) {
      throw new IllegalArgumentException("access rules: given " + access.isPresent());
    }
    var cutter = new PassageCutter(embedder::countTokens, settings.size());
    return IndexUpdate.run(store, embedder, new Documents(limits), cutter, access, root, listener);
  }

  public PassageView view() throws IOException {
    return store.view();
  }

  /// The search over this index's embedder.
  public Retriever retriever() {
    return new Retriever(embedder, Fusion.DEFAULT);
  }

  @Override
  public void close() throws IOException {
    store.close();
  }
}
