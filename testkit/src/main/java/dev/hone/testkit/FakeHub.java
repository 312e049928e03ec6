package dev.hone.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/// Hugging Face's hub with one repository, on loopback: its list of files, and the files, large
/// ones by a redirection to another port, as the hub does.
public final class FakeHub implements AutoCloseable {
  public static final String REPOSITORY = "org/tiny";
  public static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  /// A request that came.
  ///
  /// @param where `hub`, or `store` for the port of large files
  public record Asked(String where, String path, String range, String authorization) {}

  /// How one request fails; the next ones on the queue apply to those that follow.
  public sealed interface Trouble {
    /// Nothing does: the request is answered.
    record None() implements Trouble {}

    record Status(int code, Map<String, String> headers) implements Trouble {}

    /// The connection ends after so many bytes of the file.
    record Cut(int bytes) implements Trouble {}

    /// Nothing comes any more after so many bytes.
    record Silence(int bytes) implements Trouble {}
  }

  public final List<Asked> asked = Collections.synchronizedList(new ArrayList<>());

  /// Troubles of the list of files.
  public final ConcurrentLinkedQueue<Trouble> listing = new ConcurrentLinkedQueue<>();

  /// Troubles of the store of large files.
  public final ConcurrentLinkedQueue<Trouble> downloads = new ConcurrentLinkedQueue<>();

  private final Map<String, byte[]> files = new TreeMap<>();
  private final Map<String, byte[]> promised = new TreeMap<>();
  private final HttpServer hub;
  private final HttpServer store;

  public FakeHub() throws IOException {
    store = start("store");
    hub = start("hub");
  }

  private HttpServer start(String where) throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newThreadPerTaskExecutor(Thread.ofPlatform().daemon().factory()));
    server.createContext("/", exchange -> handle(where, exchange));
    server.start();
    return server;
  }

  /// Every file of a directory.
  public FakeHub with(Path dir) throws IOException {
    try (var entries = Files.list(dir)) {
      for (var file : entries.filter(Files::isRegularFile).toList()) {
        with(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    return this;
  }

  public FakeHub with(String name, byte[] content) {
    files.put(name, content);
    promised.put(name, content);
    return this;
  }

  public FakeHub with(String name, String content) {
    return with(name, content.getBytes(StandardCharsets.UTF_8));
  }

  public FakeHub without(String name) {
    files.remove(name);
    promised.remove(name);
    return this;
  }

  /// Sends something else than the list of files promises.
  public void forge(String name, byte[] content) {
    files.put(name, content);
  }

  public byte[] content(String name) {
    return promised.get(name);
  }

  /// For `HF_ENDPOINT`.
  public String endpoint() {
    return "http://127.0.0.1:" + hub.getAddress().getPort();
  }

  /// What the hub calls a file's content: SHA-256 for large ones, else git's name of it.
  public String etag(String name) {
    var content = promised.get(name);
    return isLarge(name)
        ? hex("SHA-256", content)
        : hex(
            "SHA-1",
            "blob %d\0".formatted(content.length).getBytes(StandardCharsets.US_ASCII),
            content);
  }

  private static boolean isLarge(String name) {
    return name.endsWith(".safetensors") || name.endsWith(".bin");
  }

  private static String hex(String algorithm, byte[]... parts) {
    try {
      var digest = MessageDigest.getInstance(algorithm);
      Arrays.stream(parts).forEach(digest::update);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private void handle(String where, HttpExchange exchange) throws IOException {
    var headers = exchange.getRequestHeaders();
    var path = exchange.getRequestURI().getPath();
    asked.add(
        new Asked(
            where,
            path,
            String.valueOf(headers.getFirst("Range")),
            String.valueOf(headers.getFirst("Authorization"))));
    try (exchange) {
      if (path.startsWith("/api/models/")) {
        list(exchange, path);
      } else {
        file(where, exchange, path);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void list(HttpExchange exchange, String path) throws IOException {
    if (next(listing) instanceof Trouble.Status status) {
      fail(exchange, status);
    } else if (!path.startsWith("/api/models/" + REPOSITORY + "/")) {
      fail(exchange, new Trouble.Status(404, Map.of("X-Error-Code", "RepoNotFound")));
    } else if (!path.endsWith("/main") && !path.endsWith("/" + COMMIT)) {
      fail(exchange, new Trouble.Status(404, Map.of("X-Error-Code", "RevisionNotFound")));
    } else if (path.contains("/tree/")) {
      json(exchange, "[" + entries("path", "oid", "oid") + "]");
    } else {
      var siblings = entries("rfilename", "blobId", "sha256");
      json(
          exchange,
          "{\"id\": \"%s\", \"sha\": \"%s\", \"siblings\": [%s]}"
              .formatted(REPOSITORY, COMMIT, siblings));
    }
  }

  private String entries(String name, String hash, String largeHash) {
    return promised.entrySet().stream()
        .map(file -> {
          var lfs =
              ", \"lfs\": {\"%s\": \"%s\", \"size\": %d, \"pointerSize\": 130}"
                  .formatted(largeHash, etag(file.getKey()), file.getValue().length);
          var etag = isLarge(file.getKey()) ? COMMIT : etag(file.getKey());
          return "{\"type\": \"file\", \"%s\": \"%s\", \"size\": %d, \"%s\": \"%s\"%s}"
              .formatted(
                  name,
                  file.getKey(),
                  file.getValue().length,
                  hash,
                  etag,
                  isLarge(file.getKey()) ? lfs : "");
        })
        .collect(Collectors.joining(", "));
  }

  private void file(String where, HttpExchange exchange, String path)
      throws IOException, InterruptedException {
    var name = path.substring(path.lastIndexOf('/') + 1);
    if (!files.containsKey(name)) {
      fail(exchange, new Trouble.Status(404, Map.of("X-Error-Code", "EntryNotFound")));
      return;
    }
    var headers = exchange.getResponseHeaders();
    headers.set("ETag", "\"" + etag(name) + "\"");
    headers.set("X-Repo-Commit", COMMIT);
    if (where.equals("hub") && isLarge(name)) {
      headers.set("X-Linked-Etag", "\"" + etag(name) + "\"");
      headers.set("X-Linked-Size", "" + promised.get(name).length);
      headers.set(
          "Location", "http://127.0.0.1:%d/%s".formatted(store.getAddress().getPort(), name));
      exchange.sendResponseHeaders(302, -1);
      return;
    }
    var trouble = where.equals("store") ? next(downloads) : new Trouble.None();
    if (trouble instanceof Trouble.Status status) {
      fail(exchange, status);
    } else {
      send(exchange, files.get(name), trouble);
    }
  }

  private static void send(HttpExchange exchange, byte[] content, Trouble trouble)
      throws IOException, InterruptedException {
    var range = exchange.getRequestHeaders().getFirst("Range");
    int from = range == null ? 0 : Integer.parseInt(range.replaceAll("bytes=|-.*", ""));
    if (range != null) {
      exchange
          .getResponseHeaders()
          .set(
              "Content-Range",
              "bytes %d-%d/%d".formatted(from, content.length - 1, content.length));
    }
    int left = content.length - from;
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", "" + left);
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    exchange.sendResponseHeaders(range == null ? 200 : 206, left == 0 ? -1 : left);
    int sent =
        switch (trouble) {
          case Trouble.Cut(var bytes) -> bytes;
          case Trouble.Silence(var bytes) -> bytes;
          case Trouble.None none -> left;
          case Trouble.Status status -> 0;
        };
    exchange.getResponseBody().write(content, from, Math.min(sent, left));
    exchange.getResponseBody().flush();
    if (trouble instanceof Trouble.Silence) {
      Thread.sleep(60_000);
    }
  }

  private static Trouble next(ConcurrentLinkedQueue<Trouble> troubles) {
    var next = troubles.poll();
    return next == null ? new Trouble.None() : next;
  }

  private static void fail(HttpExchange exchange, Trouble.Status status) throws IOException {
    status.headers().forEach(exchange.getResponseHeaders()::set);
    exchange.sendResponseHeaders(status.code(), -1);
  }

  private static void json(HttpExchange exchange, String text) throws IOException {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    hub.stop(0);
    store.stop(0);
  }
}
