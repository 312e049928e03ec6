package dev.hone.server.http;

import dev.hone.server.api.ApiException;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Refuses what does not come as far as an endpoint, because it is no proper HTTP, with an error
/// object.
final class WireErrors implements DirectHandler {
  private static final int BAD = Status.BAD_REQUEST_400.code();
  private static final int FAILED = Status.INTERNAL_SERVER_ERROR_500.code();

  private WireErrors() {}

  static DirectHandlers handlers() {
    var handlers = DirectHandlers.builder();
    for (var type : EventType.values()) {
      handlers.addHandler(type, new WireErrors());
    }
    return handlers.build();
  }

  @Override
  public TransportResponse handle(
      TransportRequest request,
      EventType type,
      Status status,
      ServerResponseHeaders headers,
      String message) {
    var error = error(status.code());
    return TransportResponse.builder()
        .status(Status.create(error.status()))
        .headers(headers)
        .header(HeaderNames.CONTENT_TYPE, Api.JSON)
        .keepAlive(false)
        .entity(error.toJson().toString().getBytes(StandardCharsets.UTF_8))
        .build();
  }

  /// What asks for more than the server can, as an unknown transfer encoding, is the caller's
  /// fault.
  private static ApiException error(int status) {
    return status == FAILED
        ? Api.internal()
        : new ApiException(
            status > FAILED ? BAD : status,
            "We could not read the request: it is not the HTTP/1.1 that this server speaks",
            "invalid_request_error",
            Optional.empty(),
            Optional.empty());
  }
}
