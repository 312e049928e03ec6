package dev.hone.server.http;

import dev.hone.model.chat.ModelHost;
import dev.hone.rag.embed.Embedder;
import dev.hone.rag.embed.OnnxEmbedder;
import dev.hone.server.job.JobSettings;
import dev.hone.server.state.State;
import dev.hone.server.state.StateSettings;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A server on a tiny base that PEFT's golden files came with, and requests to it as they go over
/// the wire: Java's own client says neither which host it asks nor where from.
final class RunningServer implements AutoCloseable {
  static final Path BASE =
      Path.of("../model/src/test/resources/golden/peft/base").toAbsolutePath().normalize();
  static final String REPORT = "<!doctype html><script>1</script>Every row of somebody's.";
  private static final int TIMEOUT = 10_000;

  /// Of all servers of a process, and open as long as that: to open one takes longer than to start
  /// a server.
  static final Embedder EMBEDDER = OnnxEmbedder.open(1);

  final State state;
  final List<String> warnings = new ArrayList<>();
  private final ModelHost host;
  private final ApiServer server;

  private RunningServer(Path data, ServerOptions options, Before before) throws IOException {
    state = State.open(StateSettings.sqlite(data));
    host = ModelHost.open("tiny", BASE, 64, 1);
    var settings = JobSettings.of(Map.of("tiny", BASE), 1, (what, why) -> warnings.add(what + why));
    before.run(state, settings);
    var report = Files.writeString(data.resolve("report.html"), REPORT);
    server =
        ApiServer.start(
            options, host, List.of(), List.of(), Optional.of(report), EMBEDDER, state, settings);
  }

  /// What is done to a state before its server starts.
  @FunctionalInterface
  interface Before {
    void run(State state, JobSettings settings) throws IOException;
  }

  static RunningServer start(Path data, ServerOptions options) throws IOException {
    return new RunningServer(data, options, (state, settings) -> {});
  }

  static RunningServer start(Path data, ServerOptions options, Before before) throws IOException {
    return new RunningServer(data, options, before);
  }

  int port() {
    return server.port();
  }

  /// An answer, as long as its head says.
  record Reply(int status, List<String> head, String body) {
    static Reply read(InputStream in) throws IOException {
      var head = new ArrayList<String>();
      for (var line = line(in); !line.isEmpty(); line = line(in)) {
        head.add(line);
      }
      var open = new Reply(Integer.parseInt(head.getFirst().split(" ")[1]), head, "");
      var length = open.header("Content-Length").map(Integer::parseInt).orElse(0);
      var bytes = open.header("Transfer-Encoding").isPresent() ? chunks(in) : in.readNBytes(length);
      return new Reply(open.status, head, new String(bytes, StandardCharsets.UTF_8));
    }

    private static String line(InputStream in) throws IOException {
      var line = new StringBuilder();
      for (int c = in.read(); c != '\n'; c = in.read()) {
        if (c < 0) {
          throw new EOFException("the answer ends in its head: " + line);
        }
        line.append((char) c);
      }
      return line.toString().strip();
    }

    private static byte[] chunks(InputStream in) throws IOException {
      var body = new ByteArrayOutputStream();
      for (int size = -1; size != 0; ) {
        size = Integer.parseInt(line(in), 16);
        body.write(in.readNBytes(size));
        line(in);
      }
      return body.toByteArray();
    }

    Optional<String> header(String name) {
      return head.stream()
          .skip(1)
          .filter(line -> line.regionMatches(true, 0, name + ": ", 0, name.length() + 2))
          .map(line -> line.substring(name.length() + 2))
          .findFirst();
    }
  }

  Reply get(String path, String... headers) throws IOException {
    return ask("GET", path, "", headers);
  }

  Reply post(String path, String body, String... headers) throws IOException {
    return ask("POST", path, body, headers);
  }

  /// Asks to close the connection, and sees that it is.
  ///
  /// @param headers lines; `Host` is this server's own where they have none
  Reply ask(String method, String path, String body, String... headers) throws IOException {
    try (var socket = send(method, path, body, headers)) {
      var in = new BufferedInputStream(socket.getInputStream());
      var reply = Reply.read(in);
      if (in.read() >= 0) {
        throw new IOException("more follows on " + reply);
      }
      return reply;
    }
  }

  /// Asks, and leaves the reading to the caller.
  Socket send(String method, String path, String body, String... headers) throws IOException {
    var bytes = body.getBytes(StandardCharsets.UTF_8);
    var lines = new ArrayList<String>(List.of("%s %s HTTP/1.1".formatted(method, path)));
    lines.addAll(List.of(headers));
    if (lines.stream().noneMatch(line -> line.startsWith("Host:"))) {
      lines.add("Host: 127.0.0.1:" + port());
    }
    lines.add("Connection: close");
    if (!method.equals("GET")) {
      lines.add("Content-Length: " + bytes.length);
    }
    var socket = new Socket(InetAddress.getLoopbackAddress(), port());
    socket.setSoTimeout(TIMEOUT);
    var out = socket.getOutputStream();
    out.write((String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
    out.write(bytes);
    out.flush();
    return socket;
  }

  @Override
  public void close() throws IOException {
    server.close();
    host.close();
    state.close();
  }
}
