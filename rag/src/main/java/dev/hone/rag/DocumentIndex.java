package dev.hone.rag;

import dev.hone.model.UsageException;
import dev.hone.rag.document.Documents;
import dev.hone.rag.document.Limits;
import dev.hone.rag.embed.Embedder;
import dev.hone.rag.passage.PassageCutter;
import dev.hone.rag.retrieve.Fusion;
import dev.hone.rag.store.Filter;
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
import java.util.HashSet;
import java.util.Optional;

/// An index in a directory: settings, and the store beside them.
///
/// [#open] is for the one process that updates it, [#read] for any number that only search.
public final class DocumentIndex implements Closeable {
  /// Tokens after which a passage takes in no further block.
  public static final int PASSAGE_TOKENS = 200;

  private static final int TRIALS = 100;
  private static final int NEAREST = 10;
  private static final String STORE = "lucene";

  private final Path path;
  private IndexSettings settings;
  private final Embedder embedder;
  private final PassageStore store;

  private DocumentIndex(Path path, IndexSettings settings, Embedder embedder, PassageStore store) {
    this.path = path;
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
    var wanted =
        new IndexSettings(
            embedder.fingerprint(),
            size,
            options.hasAccess(),
            known.map(IndexSettings::weight).orElse(Fusion.DEFAULT.weight()),
            known.flatMap(IndexSettings::recall));
    if (known.isPresent()) {
      requireSame(path, known.get(), wanted);
    } else {
      Files.createDirectories(path);
      wanted.write(path);
    }
    try {
      return new DocumentIndex(path, wanted, embedder, LuceneStore.open(path.resolve(STORE)));
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
      throw otherEmbedder(path, known, wanted.embedder());
    }
    if (!known.agreesWith(wanted)) {
      throw new UsageException(
          "%s: was made with passages of %d tokens and %s access rules"
              .formatted(path, known.size().target(), known.hasAccess() ? "with" : "without"),
          "give the same options, or make it anew with --rebuild");
    }
  }

  private static UsageException otherEmbedder(Path path, IndexSettings known, String mine) {
    return new UsageException(
        "%s: its vectors are of another embedder (%s; this is %s)"
            .formatted(path, known.embedder(), mine),
        "embed everything anew: hone index DOCS --out %s --rebuild".formatted(path));
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
    var known = settings(path);
    if (!known.embedder().equals(embedder.fingerprint())) {
      throw otherEmbedder(path, known, embedder.fingerprint());
    }
    return LuceneStore.read(path.resolve(STORE));
  }

  private static IndexSettings settings(Path path) throws IOException {
    return IndexSettings.read(path)
        .orElseThrow(() ->
            new UsageException(path + ": is no index", "make one: hone index DOCS --out " + path));
  }

  /// How an index puts words and vectors together.
  public static Fusion.Convex fusion(Path path) throws IOException {
    return new Fusion.Convex(settings(path).weight());
  }

  /// Sets the weight of words against vectors for all searches from now on.
  public static void setWeight(Path path, double weight) throws IOException {
    settings(path).withWeight(weight).write(path);
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
    var report =
        IndexUpdate.run(store, embedder, new Documents(limits), cutter, access, root, listener);
    if (report.added() + report.changed() + report.removed() > 0) {
      measureRecall();
    }
    return report;
  }

  /// How many of the ten nearest passages the search by vectors finds, measured at the last update;
  /// empty where it compares with all.
  public Optional<Double> recall() {
    return settings.recall();
  }

  private void measureRecall() throws IOException {
    try (var view = store.view()) {
      var measured = view.isExact() ? Optional.<Double>empty() : Optional.of(recall(view));
      if (!measured.equals(settings.recall())) {
        settings = settings.withRecall(measured);
        settings.write(path);
      }
    }
  }

  private static double recall(PassageView view) throws IOException {
    long found = 0;
    long wanted = 0;
    for (var vector : view.someVectors(TRIALS)) {
      var near = new HashSet<Long>();
      view.byVector(vector, Filter.NONE, NEAREST).forEach(hit -> near.add(hit.id()));
      for (var hit : view.byVectorExactly(vector, Filter.NONE, NEAREST)) {
        wanted++;
        found += near.contains(hit.id()) ? 1 : 0;
      }
    }
    return (double) found / wanted;
  }

  public PassageView view() throws IOException {
    return store.view();
  }

  @Override
  public void close() throws IOException {
    store.close();
  }
}
