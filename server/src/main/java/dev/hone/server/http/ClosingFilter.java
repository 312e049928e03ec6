package dev.hone.server.http;

import io.helidon.http.HeaderValues;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;

/// Ends a connection behind the answer to a request that said `Connection: close`: Helidon up to
/// 4.5.3 says so too, and then waits for another request (its issue 12324), so that a client which
/// reads to the end waits until the connection is idle for too long.
final class ClosingFilter implements Filter {
  @Override
  public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
    chain.proceed();
    if (response.isSent() && request.headers().contains(HeaderValues.CONNECTION_CLOSE)) {
      throw new CloseConnectionException("asked by the client");
    }
  }
}
