package dev.hone.server.http;

import dev.hone.model.chat.BusyException;
import dev.hone.server.api.ApiException;
import dev.hone.server.http.Guard.TooFastException;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What all endpoints share: a caller is admitted, what is thrown becomes an error object, each
/// answer has a request id.
final class Api {
  private static final System.Logger LOG = System.getLogger(Api.class.getName());
  static final String JSON = "application/json; charset=utf-8";
  private static final String BUSY = "1";

  private final Guard guard;
  private final Meter meter;

  Api(Guard guard, Meter meter) {
    this.guard = guard;
    this.meter = meter;
  }

  /// An endpoint.
  @FunctionalInterface
  interface Endpoint {
    void handle(Caller caller, ServerRequest request, ServerResponse response)
        throws IOException, InterruptedException;
  }

  /// An endpoint that answers with JSON.
  @FunctionalInterface
  interface JsonEndpoint {
    JsonNode answer(Caller caller, ServerRequest request) throws IOException, InterruptedException;
  }

  Handler json(JsonEndpoint endpoint) {
    return handler(
        (caller, request, response) -> send(response, 200, endpoint.answer(caller, request)));
  }

  Handler handler(Endpoint endpoint) {
    return open((request, response) -> {
      var caller = guard.admit(request);
      LogEntry.of(request).add(caller);
      endpoint.handle(caller, request, response);
    });
  }

  /// An endpoint for everybody.
  @FunctionalInterface
  interface OpenEndpoint {
    void handle(ServerRequest request, ServerResponse response)
        throws IOException, InterruptedException;
  }

  Handler open(OpenEndpoint endpoint) {
    return (request, response) -> {
      var id = LogEntry.of(request).id();
      long start = System.nanoTime();
      meter.begun();
      try {
        endpoint.handle(request, response);
      } catch (CloseConnectionException e) {
        throw e;
      } catch (TooFastException e) {
        response.header(HeaderNames.RETRY_AFTER, String.valueOf(e.seconds()));
        fail(request, response, tooFast(e));
      } catch (ApiException e) {
        if (e.status() == Status.TOO_MANY_REQUESTS_429.code()) {
          response.header(HeaderNames.RETRY_AFTER, BUSY);
        }
        fail(request, response, e);
      } catch (BusyException e) {
        response.header(HeaderNames.RETRY_AFTER, BUSY);
        fail(request, response, busy());
      } catch (InterruptedException e) {
        requireWhole(response, e); // the server stops
        Thread.currentThread().interrupt();
        fail(request, response, internal());
      } catch (UncheckedIOException | IOException e) {
        requireWhole(response, e); // the client has gone
        LOG.log(System.Logger.Level.ERROR, id + " failed", e);
        fail(request, response, internal());
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, id + " failed", e);
        fail(request, response, internal());
      } finally {
        try {
          skipBody(request);
        } finally {
          meter.answered(response.status().code(), (System.nanoTime() - start) / 1e9);
        }
      }
    };
  }

  /// Reads over what no endpoint has read of a body. Helidon 4.5.0 does so itself, but not where
  /// the connection shall be closed, and goes on: what stands in the body would be the next
  /// request.
  private static void skipBody(ServerRequest request) {
    if (!request.headers().containsToken(HeaderValues.CONNECTION_CLOSE)
        || request.content().consumed()) {
      return;
    }
    try {
      request.content().consume();
    } catch (RuntimeException e) {
      throw new CloseConnectionException("the rest of a body cannot be read", e);
    }
  }

  static void send(ServerResponse response, int status, JsonNode json) {
    response.status(status);
    response.header(HeaderNames.CONTENT_TYPE, JSON);
    response.send(json.toString());
  }

  /// What has been sent in part ends with its connection, so that it isn't taken for a whole.
  private static void requireWhole(ServerResponse response, Exception why) {
    if (response.isSent() || response.bytesWritten() > 0) {
      throw new CloseConnectionException("an answer ended before its end", why);
    }
  }

  private static void fail(ServerRequest request, ServerResponse response, ApiException error) {
    requireWhole(response, error);
    refuse(request, response, error);
  }

  /// Helidon sends a body even where `HEAD` asked for none, which is then the next answer.
  static void refuse(ServerRequest request, ServerResponse response, ApiException error) {
    if (request.prologue().method().equals(Method.HEAD)) {
      response.status(error.status()).send();
    } else {
      send(response, error.status(), error.toJson());
    }
  }

  private static ApiException tooFast(TooFastException e) {
    return new ApiException(
        429,
        "Rate limit reached. Please try again in %ds.".formatted(e.seconds()),
        "requests",
        Optional.empty(),
        Optional.of("rate_limit_exceeded"));
  }

  private static ApiException busy() {
    return new ApiException(
        429,
        "The server is busy: too many requests are waiting. Please try again later.",
        "server_error",
        Optional.empty(),
        Optional.of("rate_limit_exceeded"));
  }

  static ApiException internal() {
    return new ApiException(
        500,
        "The server had an error while processing your request. Its log has more, by x-request-id.",
        "server_error",
        Optional.empty(),
        Optional.empty());
  }
}
