package dev.hone.server.http;

import dev.hone.model.UsageException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// How a server listens, and how much it takes.
///
/// @param port 0 for any that is free
/// @param needsKeys whether requests must carry a key
/// @param bodyBytes the largest body but of files
/// @param origins of other web pages that may ask here and read the answers (CORS)
/// @param idle after which a connection that says nothing is closed
/// @param answer after which an answer ends as it stands
/// @param identity for TLS; empty for plain HTTP
/// @param log of requests
public record ServerOptions(
    String host,
    int port,
    boolean needsKeys,
    long bodyBytes,
    List<String> origins,
    Duration idle,
    Duration answer,
    Optional<Identity> identity,
    RequestLog log) {
  private static final long BODY_BYTES = 8L << 20;

  public ServerOptions {
    origins = origins.stream().map(Origins::asSent).toList();
    if (!needsKeys && !isLoopback(host)) {
      throw new UsageException(
          "--host %s: listening wider than this machine without keys is refused".formatted(host),
          "make a key (hone serve key add), or leave --host out");
    }
  }

  /// This machine alone, without keys.
  public static ServerOptions local(int port) {
    return of("127.0.0.1", port, false);
  }

  /// With the usual limits.
  public static ServerOptions of(String host, int port, boolean needsKeys) {
    return new ServerOptions(
        host,
        port,
        needsKeys,
        BODY_BYTES,
        List.of(),
        Duration.ofSeconds(60),
        Duration.ofMinutes(10),
        Optional.empty(),
        RequestLog.none());
  }

  public ServerOptions withKeys() {
    return new ServerOptions(host, port, true, bodyBytes, origins, idle, answer, identity, log);
  }

  public ServerOptions withBodyBytes(long most) {
    return new ServerOptions(host, port, needsKeys, most, origins, idle, answer, identity, log);
  }

  public ServerOptions withOrigins(List<String> some) {
    return new ServerOptions(host, port, needsKeys, bodyBytes, some, idle, answer, identity, log);
  }

  public ServerOptions withIdentity(Identity own) {
    return new ServerOptions(
        host, port, needsKeys, bodyBytes, origins, idle, answer, Optional.of(own), log);
  }

  public ServerOptions withLog(RequestLog some) {
    return new ServerOptions(
        host, port, needsKeys, bodyBytes, origins, idle, answer, identity, some);
  }

  /// `http` or `https`.
  public String scheme() {
    return identity.isPresent() ? "https" : "http";
  }

  /// Whether other machines can reach it.
  public boolean isWide() {
    return !isLoopback(host);
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new UsageException(
          "--host %s: there is no such address".formatted(host), "127.0.0.1 is this machine", e);
    }
  }
}
