package dev.hone.cli;

import dev.hone.model.UsageException;
import dev.hone.rag.DocumentIndex;
import dev.hone.rag.document.Limits;
import dev.hone.rag.embed.OnnxEmbedder;
import dev.hone.rag.update.AccessRules;
import dev.hone.rag.update.FolderWatch;
import dev.hone.rag.update.UpdateListener;
import dev.hone.rag.update.UpdateReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Runs `hone index`.
///
/// @param access the file of access rules
record Indexing(
    Shell shell,
    Path docs,
    Path out,
    Optional<Path> access,
    Optional<Integer> passageTokens,
    Optional<String> database,
    Limits limits,
    int threads,
    boolean isJson) {

  /// Deletes the index that is there.
  void deleteOld() throws IOException {
    DocumentIndex.delete(out);
  }

  /// One update.
  int once() throws IOException {
    requireDocs();
    try (var embedder = OnnxEmbedder.open(threads);
        var index = open(embedder)) {
      var report = update(index);
      facts(report, index).print(shell.out(), isJson);
      return report.failures().isEmpty() ? ErrorReport.FINE : ErrorReport.FAILED;
    }
  }

  /// An update, and one more after each change, until the user stops.
  int watch() throws IOException {
    requireDocs();
    try (var embedder = OnnxEmbedder.open(threads);
        var index = open(embedder);
        var folder = FolderWatch.of(docs);
        var interrupt = Interrupt.listen(folder::stop)) {
      facts(update(index), index).print(shell.out(), isJson);
      shell.err().println("watching " + docs + ", Ctrl-C ends");
      shell.out().flush();
      while (folder.awaitChange() && !interrupt.getAsBoolean()) {
        var report = update(index);
        if (report.added() + report.changed() + report.removed() > 0) {
          shell.out().println(change(report));
          shell.out().flush();
        }
      }
      return ErrorReport.FINE;
    }
  }

  private void requireDocs() {
    if (!Files.exists(docs)) {
      throw new UsageException(
          docs + ": no such file or directory", "give the folder of your documents");
    }
  }

  private DocumentIndex open(OnnxEmbedder embedder) throws IOException {
    return DocumentIndex.open(
        out, embedder, new DocumentIndex.Options(passageTokens, access.isPresent(), database));
  }

  private UpdateReport update(DocumentIndex index) throws IOException {
    try (var display = ProgressDisplay.on(shell)) {
      Optional<AccessRules> rules =
          access.isPresent() ? Optional.of(AccessRules.read(access.get())) : Optional.empty();
      return index.update(docs, limits, rules, new Shown(display, "reading"));
    }
  }

  /// One line about an update while watching.
  private static String change(UpdateReport report) {
    var parts = new ArrayList<String>();
    addCount(parts, report.added(), "added");
    addCount(parts, report.changed(), "changed");
    addCount(parts, report.removed(), "removed");
    addCount(parts, report.embedded(), "passages embedded");
    return "%s in %s".formatted(String.join(", ", parts), Numbers.duration(report.seconds()));
  }

  private static void addCount(List<String> parts, long count, String what) {
    if (count > 0) {
      parts.add(Numbers.count(count) + " " + what);
    }
  }

  private static Facts facts(UpdateReport report, DocumentIndex index) {
    int documents = report.added() + report.changed() + report.unchanged();
    var facts =
        new Facts()
            .count("documents", "documents", documents)
            .count("added", "  added", report.added())
            .count("changed", "  changed", report.changed())
            .count("removed", "  removed", report.removed())
            .count("passages", "passages", report.passages())
            .count("embedded", "  embedded now", report.embedded())
            .count("stripped", "hidden characters left out", report.stripped())
            .add("seconds", "time", report.seconds(), Numbers.duration(report.seconds()))
            .jsonOnly("failures", report.failures())
            .jsonOnly("ignored", report.ignored());
    index
        .recall()
        .ifPresent(recall ->
            facts.add("recall_at_10", "of the 10 nearest found", recall, Numbers.percent(recall)));
    if (!report.failures().isEmpty()) {
      facts.section("could not be read");
      report.failures().forEach(failure -> facts.shownOnly(failure.source(), failure.reason()));
    }
    if (!report.ignored().isEmpty()) {
      facts.section("other kinds of files, left out");
      report.ignored().forEach((end, count) -> facts.shownOnly("." + end, Numbers.count(count)));
    }
    return facts;
  }

  /// Shows an update as it goes.
  static final class Shown implements UpdateListener {
    private final ProgressDisplay display;
    private final String what;
    private long begun = System.nanoTime();
    private long last = Long.MAX_VALUE;

    Shown(ProgressDisplay display, String what) {
      this.display = display;
      this.what = what;
    }

    @Override
    public void progressed(long done, long total) {
      if (done < last) {
        begun = last == Long.MAX_VALUE ? begun : System.nanoTime();
        display.begin(what, 0, total);
      }
      last = done;
      double seconds = (System.nanoTime() - begun) / 1e9;
      double left = done == 0 ? Double.NaN : seconds * (total - done) / done;
      display.show(new Progress("byte", done, total, "", left));
    }

    @Override
    public void failed(String source, String reason) {
      display.line("%s: %s".formatted(source, reason));
    }
  }
}
