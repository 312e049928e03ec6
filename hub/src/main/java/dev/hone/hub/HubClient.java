package dev.hone.hub;

import dev.hone.model.UsageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Asks the hub, again where it is busy, and says in one line what went wrong.
///
/// Asked again: no connection, silence, an answer that is cut, and the statuses 408, 425, 429 and
/// 500 upwards; where the hub says how long to wait (`Retry-After`), that long. Redirections are
/// followed here and not by the JDK's client, so that the token goes to the hub's own host alone.
final class HubClient {
  private static final int MOST_REDIRECTS = 8;
  private static final int MOST_JSON_BYTES = 64 << 20;
  private static final int CHUNK = 1 << 18;

  /// An attempt that has brought so much does not count as failed.
  private static final long PROGRESS = 1 << 20;

  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final Set<Integer> BUSY = Set.of(408, 425, 429);
  private static final int PARTIAL = 206;
  private static final int UNSATISFIABLE = 416;
  private static final Pattern RANGE = Pattern.compile("bytes (\\d+)-.*");
  private static final Pattern SECONDS = Pattern.compile("\\d{1,6}");
  private static final Pattern RESET = Pattern.compile("\\bt=(\\d{1,6})\\b");

  private final HubSettings settings;
  private final Patience patience;
  private final HubListener listener;
  private final HttpClient http;

  HubClient(HubSettings settings, Patience patience, HubListener listener) {
    this.settings = settings;
    this.patience = patience;
    this.listener = listener;
    allowProxyPasswords();
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(settings.proxies())
            .connectTimeout(patience.timeout())
            .build();
  }

  /// The JDK sends no password to the proxy of an HTTPS request unless this is set before its first
  /// client is made. The proxy is the user's own choice.
  private static void allowProxyPasswords() {
    var property = "jdk.http.auth.tunneling.disabledSchemes";
    if (System.getProperty(property) == null) {
      System.setProperty(property, "");
    }
  }

  /// What the hub has of a revision.
  ///
  /// @param attempts at most
  /// @throws HubException where the hub can't be reached or not be believed
  /// @throws UsageException where it refuses
  RepoListing listing(HubModel model, int attempts) throws IOException {
    var uri =
        uri(
            "/api/models/%s/revision/%s".formatted(model.repository(), model.revision()),
            "blobs=true");
    for (int failed = 1; ; failed++) {
      try {
        return RepoListing.parse(model, json(model, uri));
      } catch (BusyException e) {
        await(model, failed, attempts, e);
      }
    }
  }

  private JsonNode json(HubModel model, URI uri) throws IOException {
    var response = send(model, uri, 0);
    try (var body = response.body();
        var guard = new SilenceGuard(body, patience.timeout())) {
      var bytes = new ByteArrayOutputStream();
      var chunk = new byte[CHUNK];
      for (int read = guard.read(chunk); read >= 0; read = guard.read(chunk)) {
        bytes.write(chunk, 0, read);
        if (bytes.size() > MOST_JSON_BYTES) {
          throw new HubException(
              model + ": the hub's list of files has no end", "see that HF_ENDPOINT is a hub");
        }
      }
      return JsonMapper.shared().readTree(bytes.toByteArray());
    } catch (JacksonException e) {
      throw new BusyException("an answer that is no JSON");
    }
  }

  /// Brings a file, from where an earlier attempt ended.
  ///
  /// @param into the bytes that are there so far; afterwards as many as the file has
  /// @param progress told how many there are
  void download(HubModel model, String commit, RepoFile file, Path into, LongConsumer progress)
      throws IOException {
    var uri = uri("/%s/resolve/%s/%s".formatted(model.repository(), commit, file.name()), null);
    for (int failed = 1; ; failed++) {
      long before = Files.exists(into) ? Files.size(into) : 0;
      try {
        attempt(model, uri, file, into, progress);
        return;
      } catch (BusyException e) {
        boolean isFarther = Files.exists(into) && Files.size(into) - before >= PROGRESS;
        failed = isFarther ? 1 : failed;
        await(model, failed, patience.attempts(), e);
      }
    }
  }

  private void attempt(HubModel model, URI uri, RepoFile file, Path into, LongConsumer progress)
      throws IOException {
    try (var out = FileChannel.open(into, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      if (out.size() > file.size()) {
        out.truncate(0);
      }
      if (out.size() < file.size()) {
        var response = send(model, uri, out.size());
        try (var body = response.body();
            var guard = new SilenceGuard(body, patience.timeout())) {
          out.truncate(start(response, out.size()));
          copy(guard, out, file.size(), progress);
        }
      }
      out.force(true);
    }
  }

  /// Where the answer begins in the file.
  private static long start(HttpResponse<InputStream> response, long asked) throws BusyException {
    if (response.statusCode() != PARTIAL) {
      return 0;
    }
    var range = RANGE.matcher(response.headers().firstValue("Content-Range").orElse(""));
    if (!range.matches() || !range.group(1).equals(Long.toString(asked))) {
      throw new BusyException("another part than the one asked for");
    }
    return asked;
  }

  private static void copy(SilenceGuard from, FileChannel out, long size, LongConsumer progress)
      throws IOException {
    out.position(out.size());
    var chunk = new byte[CHUNK];
    while (out.position() < size) {
      int read = from.read(chunk);
      if (read < 0) {
        throw new BusyException("the answer was cut");
      }
      var bytes = ByteBuffer.wrap(chunk, 0, (int) Math.min(read, size - out.position()));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      progress.accept(out.position());
    }
  }

  /// Waits, unless that was the last attempt.
  private void await(HubModel model, int failed, int attempts, BusyException why)
      throws HubException {
    var pause = why.after().orElse(patience.pause(failed, RandomGenerator.getDefault()));
    if (failed >= attempts || pause.compareTo(patience.longestPause()) > 0) {
      throw new HubException(
          "%s: %s does not answer: %s%s"
              .formatted(
                  model,
                  settings.endpoint(),
                  why.getMessage(),
                  failed < attempts ? ", and asks to wait %d s".formatted(pause.toSeconds()) : ""),
          "the same command goes on where this one ended; HTTPS_PROXY names a proxy, HF_ENDPOINT"
              + " another hub");
    }
    if (why.after().isPresent()) {
      listener.note("the hub wants %d s of rest".formatted(pause.toSeconds()));
    }
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HubException(model + ": interrupted", "the same command goes on");
    }
  }

  private URI uri(String path, String query) {
    var hub = settings.endpoint();
    try {
      return new URI(
          hub.getScheme(), null, hub.getHost(), hub.getPort(), hub.getPath() + path, query, null);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(path, e);
    }
  }

  /// The answer, behind all redirections; its body is the caller's to close.
  private HttpResponse<InputStream> send(HubModel model, URI first, long from) throws IOException {
    var uri = first;
    for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      var response = sendOnce(uri, from);
      if (response.statusCode() == 200 || response.statusCode() == PARTIAL) {
        return response;
      }
      response.body().close();
      if (!REDIRECTS.contains(response.statusCode())) {
        throw failure(model, uri, response);
      }
      uri = target(model, uri, response);
    }
    throw new HubException(
        "%s: %s redirects without end".formatted(model, settings.endpoint()),
        "see that HF_ENDPOINT is a hub");
  }

  private HttpResponse<InputStream> sendOnce(URI uri, long from) throws IOException {
    var request =
        HttpRequest.newBuilder(uri)
            .timeout(patience.timeout())
            .header("User-Agent", "hone")
            .header("Accept-Encoding", "identity");
    if (from > 0) {
      request.header("Range", "bytes=%d-".formatted(from));
    }
    if (isHub(uri)) {
      settings.token().ifPresent(to -> request.header("Authorization", "Bearer " + to.value()));
    }
    settings
        .proxies()
        .authorization(uri)
        .ifPresent(user -> request.header("Proxy-Authorization", user));
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    } catch (IOException e) {
      throw BusyException.of(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HubException("interrupted", "the same command goes on");
    }
  }

  private boolean isHub(URI uri) {
    var hub = settings.endpoint();
    return hub.getScheme().equals(uri.getScheme())
        && hub.getHost().equalsIgnoreCase(uri.getHost())
        && hub.getPort() == uri.getPort();
  }

  private URI target(HubModel model, URI from, HttpResponse<?> response) throws HubException {
    var location = response.headers().firstValue("Location").orElse("");
    try {
      var to = from.resolve(location);
      boolean isSafe = "https".equals(to.getScheme()) || to.getScheme().equals(from.getScheme());
      if (isSafe && to.getHost() != null && !location.isEmpty()) {
        return to;
      }
      throw elsewhere(model, from);
    } catch (IllegalArgumentException e) {
      throw elsewhere(model, from);
    }
  }

  private static HubException elsewhere(HubModel model, URI from) {
    return new HubException(
        "%s: %s redirects to where Hone does not go".formatted(model, from.getHost()),
        "files come by HTTPS, or by HTTP where the hub itself does; see that HF_ENDPOINT is a hub");
  }

  private IOException failure(HubModel model, URI uri, HttpResponse<?> response) {
    int status = response.statusCode();
    var why = "status %d".formatted(status);
    if (BUSY.contains(status) || status >= 500 || status == UNSATISFIABLE || !isHub(uri)) {
      return new BusyException(why, wait(response)); // an address elsewhere is signed, and expires
    }
    if (status == 401 || status == 403 || status == 404) {
      throw refusal(model, status, response.headers().firstValue("X-Error-Code").orElse(""));
    }
    return new HubException(
        "%s: %s answers with %s".formatted(model, settings.endpoint(), why),
        status == 407
            ? "the proxy wants to know who asks: http://USER:PASSWORD@HOST:PORT"
            : "see that HF_ENDPOINT is a hub");
  }

  /// The hub does not tell those who may not see a model whether there is one.
  private UsageException refusal(HubModel model, int status, String code) {
    var page = settings.endpoint() + "/" + model.repository();
    if (code.equals("GatedRepo") || status == 403) {
      return new UsageException(
          "%s: is gated: its authors want to know who takes it (status %d)"
              .formatted(model, status),
          "accept the licence at %s, and set HF_TOKEN to a token of yours".formatted(page));
    }
    if (code.equals("RevisionNotFound")) {
      return new UsageException(
          "%s: there is no such revision (status %d)".formatted(model, status),
          "name a branch, a tag or a commit of " + page);
    }
    return new UsageException(
        "%s: is nothing on this machine, and no model at %s that you may see (status %d)"
            .formatted(model, settings.endpoint(), status),
        "see that the name is right; for a gated or private model accept its licence at %s and set"
                .formatted(page)
            + " HF_TOKEN");
  }

  /// `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), or the `t` of the hub's `RateLimit`:
  /// seconds until it counts anew, which says nothing with other answers than 429.
  private static Optional<Duration> wait(HttpResponse<?> response) {
    var headers = response.headers();
    return headers
        .firstValue("Retry-After")
        .flatMap(HubClient::wait)
        .or(() ->
            headers
                .firstValue("RateLimit")
                .filter(any -> response.statusCode() == 429)
                .flatMap(limit -> RESET.matcher(limit).results().findFirst())
                .map(reset -> Duration.ofSeconds(Long.parseLong(reset.group(1)))));
  }

  private static Optional<Duration> wait(String after) {
    try {
      if (SECONDS.matcher(after).matches()) {
        return Optional.of(Duration.ofSeconds(Long.parseLong(after)));
      }
      var until = ZonedDateTime.parse(after, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      var left = Duration.between(Instant.now(), until);
      return Optional.of(left.isNegative() ? Duration.ZERO : left);
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
