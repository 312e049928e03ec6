package dev.hone.cli;

import dev.hone.hosted.HostedRecipes;
import dev.hone.model.UsageException;
import dev.hone.model.chat.ModelHost;
import dev.hone.rag.embed.Embedder;
import dev.hone.rag.embed.OnnxEmbedder;
import dev.hone.server.answer.Answering;
import dev.hone.server.answer.IndexAnswering;
import dev.hone.server.answer.RecipeAnswering;
import dev.hone.server.http.ApiServer;
import dev.hone.server.http.RequestLog;
import dev.hone.server.http.ServerOptions;
import dev.hone.server.job.JobSettings;
import dev.hone.server.model.ModelNames;
import dev.hone.server.state.Administration;
import dev.hone.server.state.Keys;
import dev.hone.server.state.NewKey;
import dev.hone.server.state.Scope;
import dev.hone.server.state.State;
import dev.hone.server.state.StateSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;

/// Runs `hone serve`, until it is interrupted.
record Serving(Shell shell, Wish wish) {
  /// What is asked.
  ///
  /// @param name that requests call the base
  record Wish(
      String name,
      Path base,
      Optional<Path> adapters,
      Optional<Path> index,
      Optional<Path> report,
      StateSettings state,
      Optional<Path> keyFile,
      Optional<String> log,
      boolean hasTexts,
      NetworkOptions.Wish network,
      int context,
      int threads) {}

  private static final String TENANT = "local";

  /// Held, so that its level is not forgotten: it tells of every start on its own.
  private static final Logger HTTP = Logger.getLogger("io.helidon");

  private static final String STANDARD_ERROR = "-";
  private static final String DOCUMENTS = "hone:docs";

  int run() throws IOException, InterruptedException {
    HTTP.setLevel(Level.WARNING);
    var folders =
        wish.adapters().isPresent()
            ? ModelNames.adaptersIn(wish.adapters().get())
            : List.<Path>of();
    var jobs =
        JobSettings.of(
            Map.of(wish.name(), wish.base()),
            wish.threads(),
            (what, why) -> shell.err().println(what + ": " + why.getMessage()));
    try (var file = logFile();
        var state = State.open(wish.state())) {
      if (wish.keyFile().isPresent()) {
        prepareKey(state, wish.keyFile().get());
      }
      var options = wish.network().options(!state.keys().isEmpty()).withLog(log(file));
      warn(options);
      serve(options, folders, state, jobs);
    }
    return ErrorReport.FINE;
  }

  private void serve(ServerOptions options, List<Path> folders, State state, JobSettings jobs)
      throws IOException, InterruptedException {
    try (var embedder = OnnxEmbedder.open(wish.threads());
        var host = ModelHost.open(wish.name(), wish.base(), wish.context(), wish.threads())) {
      var others = others(host, embedder);
      try (var server =
          ApiServer.start(options, host, folders, others, page(), embedder, state, jobs)) {
        var ended = new CountDownLatch(1);
        try (var interrupt = Interrupt.listen(ended::countDown)) {
          greet(server, options, folders, others);
          ended.await();
          shell.err().println("stopping");
        }
      }
    }
  }

  private OutputStream logFile() throws IOException {
    var file = wish.log().filter(name -> !name.equals(STANDARD_ERROR));
    return file.isEmpty()
        ? OutputStream.nullOutputStream()
        : Files.newOutputStream(
            Path.of(file.get()), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private RequestLog log(OutputStream file) {
    boolean isFile = wish.log().filter(STANDARD_ERROR::equals).isEmpty();
    return RequestLog.to(isFile ? file : shell.err(), wish.hasTexts());
  }

  private void warn(ServerOptions options) {
    var complaint = options.identity().flatMap(own -> own.complaint(Instant.now()));
    complaint.ifPresent(what ->
        shell.err().printf("warning: %s %s%n", wish.network().certificate().orElseThrow(), what));
    if (options.isWide() && options.identity().isEmpty()) {
      shell
          .err()
          .println(
              "warning: keys and texts cross the network unencrypted; --tls-certificate encrypts"
                  + " them, or a proxy in front");
    }
  }

  private List<Answering> others(ModelHost host, Embedder embedder) throws IOException {
    var others = new ArrayList<Answering>();
    if (wish.index().isPresent()) {
      others.add(IndexAnswering.open(DOCUMENTS, wish.index().get(), embedder, host));
    }
    if (wish.report().isPresent()) {
      var elsewhere =
          new HostedRecipes(
              System.getenv(), Optional.empty(), wish.state().data().resolve("hosted-calls.json"));
      others.addAll(RecipeAnswering.of(wish.report().get(), wish.threads(), elsewhere));
    }
    return others;
  }

  private Optional<Path> page() {
    return wish.report().map(dir -> dir.resolve("report.html"));
  }

  private void greet(
      ApiServer server, ServerOptions options, List<Path> folders, List<Answering> others) {
    var out = shell.out();
    out.printf(
        "serving at %s://%s:%d/v1 (Ctrl-C ends it)%n",
        options.scheme(), options.host(), server.port());
    out.printf("models: %s", wish.name());
    folders.forEach(dir -> out.printf(", %s", dir.getFileName()));
    others.forEach(one -> out.printf(", %s", one.name()));
    out.printf("%ndata: %s%n", wish.state().data());
    if (options.needsKeys()) {
      out.printf("keys: needed%s%n", wish.keyFile().map(file -> "; one is in " + file).orElse(""));
    }
    out.flush();
  }

  /// Makes the first key, or sees that the file's is one.
  private void prepareKey(State state, Path file) throws IOException {
    if (Files.exists(file)) {
      if (state.keys().find(Files.readString(file).strip()).isEmpty()) {
        throw new UsageException(
            file + ": holds no key of this data directory",
            "give the data directory that it was made with, or delete the file for a new key");
      }
      return;
    }
    var made = firstKey();
    var part = file.resolveSibling("." + file.getFileName() + ".tmp");
    Files.deleteIfExists(part); // a kill may have left one
    Files.createFile(
        part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(part, made.secret() + "\n", StandardOpenOption.WRITE);
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private Keys.Created firstKey() throws IOException {
    try (var administration = Administration.open(wish.state())) {
      return administration.addKey(
          new NewKey(
              TENANT,
              "first",
              EnumSet.allOf(Scope.class),
              OptionalInt.empty(),
              OptionalLong.empty()));
    }
  }
}
