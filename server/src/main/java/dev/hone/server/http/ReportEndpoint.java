package dev.hone.server.http;

import dev.hone.server.api.ApiException;
import dev.hone.server.state.Scope;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// Shows the page that `hone advise` has written.
///
/// It holds a user's rows, and a frame sends no key: so whoever has one gets a ticket, a path that
/// shows the page once, within a minute. The page brings scripts of its own; it may run them and
/// nothing else.
final class ReportEndpoint {
  private static final Duration LIFE = Duration.ofMinutes(1);
  private static final int MOST = 1_000;
  private static final String CONTENT =
      "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:;"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-scripts";

  private final Optional<Path> page;

  /// When each ticket ends, in the clock of [System#nanoTime].
  private final Map<String, Long> tickets = new ConcurrentHashMap<>();

  /// @param page a file of HTML
  ReportEndpoint(Optional<Path> page) {
    this.page = page;
  }

  /// `POST /report/tickets`.
  JsonNode ticket(Caller caller, ServerRequest request) {
    caller.require(Scope.INFERENCE);
    if (page.isEmpty()) {
      throw ApiException.notFound(
          "report", "There is no report: start the server with --report DIR of hone advise.");
    }
    tickets.values().removeIf(end -> end - System.nanoTime() < 0);
    if (tickets.size() >= MOST) {
      throw ApiException.quota("Too many views of the report wait to be opened");
    }
    var ticket = UUID.randomUUID().toString();
    tickets.put(ticket, System.nanoTime() + LIFE.toNanos());
    return JsonNodeFactory.instance.objectNode().put("path", "/report/view/" + ticket);
  }

  /// `GET /report/view/{id}`.
  void view(ServerRequest request, ServerResponse response) throws IOException {
    var end = Optional.ofNullable(tickets.remove(Query.id(request)));
    if (end.isEmpty() || end.get() - System.nanoTime() < 0) {
      throw ApiException.notFound("id", "This view of the report is over; open /report again.");
    }
    response.header(BrowserFilter.POLICY, CONTENT);
    response.header(HeaderNames.CONTENT_TYPE, "text/html; charset=utf-8");
    response.send(Files.readAllBytes(page.orElseThrow()));
  }
}
