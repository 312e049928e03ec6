package dev.hone.cli;

import dev.hone.model.UsageException;
import dev.hone.rag.document.Limits;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `hone index`: documents into an index.
@Command(
    name = "index",
    header = "Reads documents into an index that hone ask answers from.",
    description = {
      "",
      "Reads Markdown, HTML, text, PDF, DOCX, CSV and JSON Lines below DOCS, cuts them into"
          + " passages along their headings and paragraphs, and keeps words and vectors of each in"
          + " --out. Run it again after a change: only what changed is read and embedded, and what"
          + " was deleted is gone. With --watch it stays and follows each change.",
      "",
      "A file that cannot be read is named with the reason and left out; the exit code is then 1.",
      ""
    },
    sortOptions = false,
    customSynopsis = {
      "hone index DOCS --out=INDEX [OPTIONS]",
      "hone index eval --index=INDEX --questions=FILE [OPTIONS]"
    },
    subcommands = IndexEvalCommand.class,
    footer = {
      "",
      "Examples:",
      "  hone index handbook --out handbook.index",
      "  hone index handbook --out handbook.index --watch",
      "  hone index handbook --out handbook.index --access readers.txt"
    })
final class IndexCommand implements Callable<Integer> {
  // Neither is required where a command of its own follows.
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "DOCS",
      description = "A folder of documents, or a file.")
  private Optional<Path> docs = Optional.empty();

  @Option(names = "--out", paramLabel = "INDEX", description = "The index.")
  private Optional<Path> out = Optional.empty();

  @Option(names = "--watch", description = "Stay, and follow each change until Ctrl-C.")
  private boolean isWatching;

  @Option(
      names = "--rebuild",
      description = "Make the index anew, with other options or another embedder.")
  private boolean isRebuilding;

  @Option(
      names = "--access",
      paramLabel = "FILE",
      description =
          "Who may read what: lines GLOB: label, label. The first that fits a document counts; one"
              + " that none fits is unreadable. Searches then need --as.")
  private Optional<Path> access = Optional.empty();

  @Option(
      names = "--passage-tokens",
      paramLabel = "N",
      description =
          "Tokens after which a passage takes in no further paragraph. Default: 200. None is longer"
              + " than the 510 that the embedder reads.")
  private Optional<Integer> passageTokens = Optional.empty();

  @Option(
      names = "--store",
      paramLabel = "URL",
      description =
          "Keep the passages in a PostgreSQL with pgvector: jdbc:postgresql://host/database?user=…,"
              + " currentSchema=… for a schema of their own. The password comes from ~/.pgpass.")
  private Optional<String> store = Optional.empty();

  @Option(
      names = "--max-seconds",
      paramLabel = "N",
      description = "Refuse a file that takes longer to read. Default: 20.")
  private int maxSeconds = 20;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean isJson;

  @Mixin private ThreadsOption threads;
  @Mixin private HelpOption help;

  private final Shell shell;

  IndexCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    var usual = Limits.DEFAULT;
    var limits =
        new Limits(
            usual.bytes(),
            usual.characters(),
            usual.pages(),
            Duration.ofSeconds(Bounds.atLeast(1, "--max-seconds", maxSeconds)),
            usual.inflateRatio());
    passageTokens.ifPresent(tokens -> Bounds.between(16, 510, "--passage-tokens", tokens));
    var indexing =
        new Indexing(
            shell,
            required(docs, "DOCS, a folder of documents"),
            required(out, "--out, the index"),
            access,
            passageTokens,
            store,
            limits,
            threads.count(),
            isJson);
    if (isRebuilding) {
      indexing.deleteOld();
    }
    return isWatching ? indexing.watch() : indexing.once();
  }

  private static Path required(Optional<Path> path, String what) {
    return path.orElseThrow(() ->
        new UsageException("missing " + what, "for instance: hone index docs --out docs.index"));
  }
}
