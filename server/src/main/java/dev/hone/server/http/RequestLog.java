package dev.hone.server.http;

import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// The log of requests, a JSON object a line. It never has a key, and prompts and answers only
/// where that is asked for. A request doesn't fail because its line cannot be written.
public final class RequestLog implements Filter {
  private static final System.Logger LOG = System.getLogger(RequestLog.class.getName());

  private final OutputStream out;
  private final boolean hasTexts;
  private boolean isFailing;

  private RequestLog(OutputStream out, boolean hasTexts) {
    this.out = out;
    this.hasTexts = hasTexts;
  }

  public static RequestLog none() {
    return new RequestLog(OutputStream.nullOutputStream(), false);
  }

  /// @param out who opened it closes it, after the server
  /// @param hasTexts whether prompts and answers are wanted
  public static RequestLog to(OutputStream out, boolean hasTexts) {
    return new RequestLog(out, hasTexts);
  }

  @Override
  public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
    var entry = new LogEntry(hasTexts);
    request.context().register(entry);
    response.header("x-request-id", entry.id());
    try {
      chain.proceed();
    } finally {
      var method = request.prologue().method().text();
      var path = request.prologue().uriPath().rawPath();
      write(entry.toJson(method, path, response.status().code()) + "\n");
    }
  }

  private synchronized void write(String line) {
    try {
      out.write(line.getBytes(StandardCharsets.UTF_8));
      out.flush();
      isFailing = false;
    } catch (IOException e) {
      if (!isFailing) {
        LOG.log(System.Logger.Level.WARNING, "requests are not logged: " + e.getMessage());
      }
      isFailing = true;
    }
  }
}
