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
import dev.hone.rag.store.PgConnections;
import dev.hone.rag.store.PgVectorStore;
import dev.hone.rag.store.StoreInUseException;
import dev.hone.rag.update.AccessRules;
import dev.hone.rag.update.IndexUpdate;
import dev.hone.rag.update.UpdateListener;
import dev.hone.rag.update.UpdateReport;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Optional;

/// An index in a directory: settings, and the store beside them or in a database.
///
/// [#open] is for the one process that updates it, [#read] for any number that only search.
public final class DocumentIndex implements Closeable {
  /// Tokens after which a passage takes in no further block.
  public static final int PASSAGE_TOKENS = 200;

  private static final int TRIALS = 100;
  private static final int NEAREST = 10;
  private static final String STORE = "lucene";
  private static final String LOG = "vectors.log";

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
  /// @param database JDBC URL of a PostgreSQL with pgvector to keep the passages in; empty for
  ///   Lucene in the index's directory, or as the index has it
  public record Options(
      Optional<Integer> passageTokens, boolean hasAccess, Optional<String> database) {
    public Options {
      if (database.filter(url -> url.contains("password=")).isPresent()) {
        throw new UsageException(
            "the database's URL has a password, and would be kept with the index",
            "put the password into ~/.pgpass, where PostgreSQL's programs look for it");
      }
    }
  }

  /// An index to search in.
  ///
  /// @param view its state, as of now
  /// @param fusion how it puts words and vectors together
  /// @param hasAccess whether searches must say who asks
  /// @param passageTokens after which a passage takes in no further block
  public record Searchable(
      PassageView view, Fusion.Convex fusion, boolean hasAccess, int passageTokens)
      implements Closeable {
    @Override
    public void close() throws IOException {
      view.close();
    }
  }

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
            known.flatMap(IndexSettings::recall),
            options.database().or(() -> known.flatMap(IndexSettings::database)));
    if (known.isPresent()) {
      requireSame(path, known.get(), wanted);
    } else {
      Files.createDirectories(path);
      wanted.write(path);
    }
    try {
      return new DocumentIndex(path, wanted, embedder, store(path, wanted, embedder.dimension()));
    } catch (StoreInUseException e) {
      throw new UsageException(
          path + ": another process is updating this index",
          "wait until it is done, or end it; searching goes on meanwhile",
          e);
    }
  }

  private static PassageStore store(Path path, IndexSettings settings, int dimension)
      throws IOException {
    return settings.database().isPresent()
        ? PgVectorStore.open(connections(settings.database().get()), dimension, settings.madeWith())
        : LuceneStore.open(path.resolve(STORE));
  }

  private static PgConnections connections(String url) {
    return () -> DriverManager.getConnection(url);
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
          "%s: was made with passages of %d tokens, %s access rules, and kept in %s"
              .formatted(
                  path,
                  known.size().target(),
                  known.hasAccess() ? "with" : "without",
                  known.database().orElse("its directory")),
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
    var known = IndexSettings.read(path);
    if (known.isEmpty()) {
      return;
    }
    if (known.get().database().isPresent()) {
      PgVectorStore.drop(connections(known.get().database().get()));
    }
    try (var content = Files.walk(path)) {
      for (var file : content.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /// Opens an index to search in, without the right to change it.
  ///
  /// @throws UsageException when there is no index, or it is of another embedder
  public static Searchable read(Path path, Embedder embedder) throws IOException {
    var known = settings(path);
    if (!known.embedder().equals(embedder.fingerprint())) {
      throw otherEmbedder(path, known, embedder.fingerprint());
    }
    var view =
        known.database().isPresent()
            ? PgVectorStore.read(connections(known.database().get()))
            : LuceneStore.read(path.resolve(STORE));
    return new Searchable(
        view, new Fusion.Convex(known.weight()), known.hasAccess(), known.size().target());
  }

  private static IndexSettings settings(Path path) throws IOException {
    return IndexSettings.read(path)
        .orElseThrow(() ->
            new UsageException(path + ": is no index", "make one: hone index DOCS --out " + path));
  }

  /// Sets the weight of words against vectors for all searches from now on.
  public static void setWeight(Path path, double weight) throws IOException {
    settings(path).withWeight(weight).write(path);
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
    var log = path.resolve(LOG);
    var report =
        IndexUpdate.run(
            store, embedder, new Documents(limits), cutter, access, log, root, listener);
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
    for (var sample : view.sample(TRIALS)) {
      var near = new HashSet<Long>();
      view.byVector(sample.vector(), Filter.NONE, NEAREST).forEach(hit -> near.add(hit.id()));
      for (var hit : view.byVectorExactly(sample.vector(), Filter.NONE, NEAREST)) {
        wanted++;
        found += near.contains(hit.id()) ? 1 : 0;
      }
    }
    return (double) found / wanted;
  }

  /// How it puts words and vectors together.
  public Fusion.Convex fusion() {
    return new Fusion.Convex(settings.weight());
  }

  public PassageView view() throws IOException {
    return store.view();
  }

  @Override
  public void close() throws IOException {
    store.close();
  }
}
