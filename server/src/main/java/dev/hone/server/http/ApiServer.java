package dev.hone.server.http;

import dev.hone.model.chat.ModelHost;
import dev.hone.rag.embed.Embedder;
import dev.hone.server.answer.Answering;
import dev.hone.server.job.JobQueue;
import dev.hone.server.job.JobSettings;
import dev.hone.server.job.Jobs;
import dev.hone.server.model.ModelNames;
import dev.hone.server.openai.Chat;
import dev.hone.server.openai.Completions;
import dev.hone.server.page.PageFiles;
import dev.hone.server.state.State;
import io.helidon.common.tls.Tls;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/// A server that speaks OpenAI's API.
///
/// It owns the threads that answer and the job queue; models and state belong to whoever opened
/// them.
public final class ApiServer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ApiServer.class.getName());
  private static final int HEADER_BYTES = 16 << 10;
  private static final int LINE_BYTES = 8 << 10;
  private static final int CONNECTIONS = 2_000;

  private static final String CHECKPOINTS = "/v1/fine_tuning/checkpoints";
  private static final long MINUTES_BETWEEN_SWEEPS = 10;

  private final WebServer server;
  private final JobQueue queue;
  private final ScheduledExecutorService sweeper;

  private ApiServer(WebServer server, JobQueue queue, State state) {
    this.server = server;
    this.queue = queue;
    this.sweeper =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("hone-expired").factory());
    sweeper.scheduleWithFixedDelay(() -> sweep(state), 0, MINUTES_BETWEEN_SWEEPS, TimeUnit.MINUTES);
  }

  /// Deletes files and uploads whose time is over; what fails is tried again.
  private static void sweep(State state) {
    try {
      state.deleteExpired();
    } catch (IOException | RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "files that have expired are still there", e);
    }
  }

  /// @param adapters directories of adapters that are served under their names
  /// @param others what answers beside models of the host; whoever opened them closes them
  /// @param report a page to show, of HTML
  /// @param embedder of the embeddings' endpoint
  public static ApiServer start(
      ServerOptions options,
      ModelHost host,
      List<Path> adapters,
      List<Answering> others,
      Optional<Path> report,
      Embedder embedder,
      State state,
      JobSettings jobSettings)
      throws IOException {
    var names =
        ModelNames.of(
            host, adapters, state.models(), others.stream().map(Answering::name).toList());
    var byName = others.stream().collect(Collectors.toMap(Answering::name, one -> one));
    var meter = new Meter();
    var api = new Api(new Guard(state.keys(), options.needsKeys()), meter);
    var tokens = new TokenCount(meter, state.keys());
    var embeddings = new EmbeddingsEndpoint(embedder, tokens, options.bodyBytes());
    var answers = new Chat(host, options.answer());
    var chat =
        new ChatEndpoint(
            answers,
            new Completions(host, options.answer()),
            names,
            byName,
            tokens,
            options.bodyBytes());
    var graders = new GradersEndpoint(answers, names, embedder, tokens, options.bodyBytes());
    var files = new FilesEndpoint(state);
    var uploads = new UploadsEndpoint(state, options.bodyBytes());
    var jobs = new JobsEndpoint(new Jobs(state, jobSettings), state.audit(), options.bodyBytes());
    var models = new ModelsEndpoint(names, host, state);
    var permissions = new PermissionsEndpoint(state, options.bodyBytes());
    var page = new PageEndpoint(PageFiles.load());
    var shown = new ReportEndpoint(report);
    var queue = new AtomicReference<JobQueue>();
    var operations =
        new OperationsEndpoint(meter, host, state, () -> Optional.ofNullable(queue.get()));
    var routes =
        new Routes()
            .post("/v1/chat/completions", api.handler(chat::handle))
            .post("/v1/embeddings", api.json(embeddings::create))
            .post("/v1/completions", api.handler(chat::complete))
            .get("/v1/models", api.json(models::list))
            .get("/v1/models/{id}", api.json(models::retrieve))
            .delete("/v1/models/{id}", api.json(models::delete))
            .get("/v1/files", api.json(files::list))
            .post("/v1/files", api.json(files::create))
            .get("/v1/files/{id}", api.json(files::retrieve))
            .delete("/v1/files/{id}", api.json(files::delete))
            .get("/v1/files/{id}/content", api.handler(files::content))
            .post("/v1/files/{id}/check", api.json(files::check))
            .post("/v1/uploads", api.json(uploads::create))
            .post("/v1/uploads/{id}/parts", api.json(uploads::addPart))
            .post("/v1/uploads/{id}/complete", api.json(uploads::complete))
            .post("/v1/uploads/{id}/cancel", api.json(uploads::cancel))
            .get("/v1/fine_tuning/jobs", api.json(jobs::list))
            .post("/v1/fine_tuning/jobs", api.json(jobs::create))
            .get("/v1/fine_tuning/jobs/{id}", api.json(jobs::retrieve))
            .post("/v1/fine_tuning/jobs/{id}/cancel", api.json(jobs::cancel))
            .post("/v1/fine_tuning/jobs/{id}/pause", api.json(jobs::pause))
            .post("/v1/fine_tuning/jobs/{id}/resume", api.json(jobs::resume))
            .get("/v1/fine_tuning/jobs/{id}/events", api.handler(jobs::events))
            .get("/v1/fine_tuning/jobs/{id}/checkpoints", api.json(jobs::checkpoints))
            .post("/report/tickets", api.json(shown::ticket))
            .get("/report/view/{id}", api.open(shown::view))
            .get(CHECKPOINTS + "/{id}/permissions", api.json(permissions::list))
            .post(CHECKPOINTS + "/{id}/permissions", api.json(permissions::create))
            .delete(CHECKPOINTS + "/{id}/permissions/{permission}", api.json(permissions::delete))
            .post("/v1/fine_tuning/alpha/graders/validate", api.json(graders::validate))
            .post("/v1/fine_tuning/alpha/graders/run", api.json(graders::run))
            .get("/healthz", operations::health)
            .get("/readyz", operations::ready)
            .get("/metrics", operations::metrics);
    page.addTo(routes);
    var routing =
        HttpRouting.builder()
            .addFilter(new ClosingFilter())
            .addFilter(options.log())
            .addFilter(new BrowserFilter(options));
    routes.addTo(routing, api);
    var listener = WebServer.builder();
    options
        .identity()
        .ifPresent(own -> listener.tls(Tls.builder().sslContext(own.context()).build()));
    var server =
        listener
            .host(options.host())
            .port(options.port())
            .shutdownHook(false)
            .routing(routing)
            .maxTcpConnections(CONNECTIONS)
            .directHandlers(WireErrors.handlers())
            .idleConnectionTimeout(options.idle())
            .useNio(false) // channels know no read timeout
            .connectionOptions(TimedSockets.after(options.idle()))
            .addProtocol(
                Http1Config.builder()
                    .maxHeadersSize(HEADER_BYTES)
                    .maxPrologueLength(LINE_BYTES)
                    .build())
            .build()
            .start();
    try {
      queue.set(JobQueue.start(state, jobSettings));
      return new ApiServer(server, queue.get(), state);
    } catch (IOException | RuntimeException e) {
      server.stop();
      throw e;
    }
  }

  public int port() {
    return server.port();
  }

  /// Ends what is going on; a job that runs is saved, and goes on with the next server.
  @Override
  public void close() {
    server.stop();
    queue.close();
    sweeper.shutdownNow();
  }
}
