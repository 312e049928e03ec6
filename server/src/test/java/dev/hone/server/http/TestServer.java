package dev.hone.server.http;

import dev.hone.model.chat.ModelHost;
import dev.hone.server.job.JobSettings;
import dev.hone.server.state.NewKey;
import dev.hone.server.state.Scope;
import dev.hone.server.state.State;
import dev.hone.server.state.StateSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// A server with a [TinyChatModel] named `tiny`, on a free port, that wants keys.
final class TestServer implements AutoCloseable {
  static final String MODEL = "tiny";

  private final State state;
  private final ModelHost host;
  private final ApiServer server;
  private final Queue<String> warnings = new ConcurrentLinkedQueue<>();

  private TestServer(Path dir, long bodyBytes, Duration idle) throws IOException {
    var base = dir.resolve(MODEL);
    TinyChatModel.write(base);
    var jobs =
        new JobSettings(
            Map.of(MODEL, base),
            1,
            3,
            Duration.ofSeconds(60),
            (what, why) -> warnings.add(what + why));
    state = State.open(StateSettings.sqlite(dir.resolve("data")));
    host = ModelHost.open(MODEL, base, TinyChatModel.CONTEXT, 1);
    var options =
        new ServerOptions(
            "127.0.0.1",
            0,
            true,
            bodyBytes,
            List.of(),
            idle,
            Duration.ofSeconds(30),
            Optional.empty(),
            RequestLog.none());
    server =
        ApiServer.start(
            options,
            host,
            List.of(),
            List.of(),
            Optional.empty(),
            RunningServer.EMBEDDER,
            state,
            jobs);
  }

  static TestServer start(Path dir) throws IOException {
    return new TestServer(dir, 8L << 20, Duration.ofSeconds(60));
  }

  /// @param bodyBytes the largest body but of files
  /// @param idle after which a sender that says nothing is let go
  static TestServer start(Path dir, long bodyBytes, Duration idle) throws IOException {
    return new TestServer(dir, bodyBytes, idle);
  }

  int port() {
    return server.port();
  }

  String url() {
    return "http://127.0.0.1:%d/v1".formatted(port());
  }

  /// A new key's secret.
  String key(String tenant, Scope first, Scope... more) throws IOException {
    return key(tenant, OptionalInt.empty(), OptionalLong.empty(), EnumSet.of(first, more));
  }

  /// A new key's secret, which lets so many requests a minute in.
  String slowKey(String tenant, int requestsPerMinute) throws IOException {
    return key(
        tenant,
        OptionalInt.of(requestsPerMinute),
        OptionalLong.empty(),
        EnumSet.allOf(Scope.class));
  }

  /// A new key's secret, which may use so many tokens.
  String poorKey(String tenant, long tokens) throws IOException {
    return key(tenant, OptionalInt.empty(), OptionalLong.of(tokens), EnumSet.allOf(Scope.class));
  }

  private String key(String tenant, OptionalInt rate, OptionalLong tokens, EnumSet<Scope> scopes)
      throws IOException {
    return state.keys().create(new NewKey(tenant, "test", scopes, rate, tokens)).secret();
  }

  /// What went wrong inside.
  List<String> warnings() {
    return List.copyOf(warnings);
  }

  @Override
  public void close() throws IOException {
    server.close();
    host.close();
    state.close();
  }
}
