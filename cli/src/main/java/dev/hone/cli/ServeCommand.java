package dev.hone.cli;

import dev.hone.base.Embedded;
import dev.hone.model.UsageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `hone serve`: OpenAI's API.
@Command(
    name = "serve",
    header = "Serves models, files and fine-tuning jobs behind OpenAI's API.",
    description = {
      "",
      "Clients of OpenAI's API work unchanged: point their base URL at it. A job that is created"
          + " there runs as hone tune does, in a process of its own, survives restarts, and its"
          + " model answers as soon as it succeeds.",
      "",
      "Only this machine can reach it, unless --host says otherwise; then keys are needed: hone"
          + " serve key makes and revokes them. hone serve audit lists who did what.",
      ""
    },
    sortOptions = false,
    customSynopsis = {
      "hone serve [OPTIONS]",
      "hone serve key add|list|revoke [OPTIONS]",
      "hone serve audit [OPTIONS]"
    },
    subcommands = {KeyCommand.class, AuditCommand.class},
    footer = {
      "",
      "Examples:",
      "  hone serve",
      "  hone serve --adapters runs --port 8081",
      "  hone serve key add --name build --data-dir /var/lib/hone",
      "  hone serve --host 0.0.0.0 --data-dir /var/lib/hone"
    })
final class ServeCommand implements Callable<Integer> {
  @Option(
      names = "--base",
      paramLabel = "hone|DIR|ORG/NAME",
      converter = BaseConverter.class,
      description = "The model. Default: hone, the embedded one.")
  private Optional<Path> base = Optional.empty();

  @Option(
      names = "--adapters",
      paramLabel = "DIR",
      description = "A folder of adapters; each is served under its folder's name.")
  private Optional<Path> adapters = Optional.empty();

  @Option(
      names = "--index",
      paramLabel = "INDEX",
      description = "An index of hone index: served as hone:docs, with citations.")
  private Optional<Path> index = Optional.empty();

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description = "A report of hone advise: each rung is served as hone:RUNG.")
  private Optional<Path> report = Optional.empty();

  @Option(
      names = "--api-key-file",
      paramLabel = "FILE",
      description =
          "Makes a key and writes it here, where the file is not there yet. Once there is a key,"
              + " requests must carry one.")
  private Optional<Path> keyFile = Optional.empty();

  @Option(
      names = "--file-quota",
      paramLabel = "SIZE",
      converter = ByteSize.class,
      description =
          "What a tenant may store who has no quota of hone serve key add. Default: 100GiB.")
  private Optional<Long> fileQuota = Optional.empty();

  @Option(
      names = "--log",
      paramLabel = "FILE",
      description =
          "Append a line of JSON for each request, without prompts, answers and keys; - for"
              + " standard error. Default: failures alone, on standard error.")
  private Optional<String> log = Optional.empty();

  @Option(names = "--log-prompts", description = "With prompts and answers.")
  private boolean hasTexts;

  @Option(
      names = "--context",
      paramLabel = "N",
      description =
          "The most tokens of a prompt and its answer. Default: 4096, if the model has them.")
  private int context = 4096;

  @Mixin private NetworkOptions network;
  @Mixin private StateOptions state;
  @Mixin private ThreadsOption threads;
  @Mixin private HelpOption help;

  private final Shell shell;

  ServeCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (hasTexts && log.isEmpty()) {
      throw new UsageException(
          "--log-prompts has no effect without --log", "say where to: --log requests.jsonl");
    }
    var reach = network.wish();
    var name = base.map(HubBase::name).orElse(Embedded.MODEL);
    var directory = base.isPresent() ? HubBase.bring(shell, base.get()) : Embedded.model();
    return new Serving(
            shell,
            new Serving.Wish(
                name,
                directory,
                adapters,
                index,
                report,
                fileQuota.map(state.settings()::withFileQuota).orElse(state.settings()),
                keyFile,
                log,
                hasTexts,
                reach,
                Bounds.atLeast(2, "--context", context),
                threads.count()))
        .run();
  }
}
