package dev.hone.server.http;

import dev.hone.server.api.ApiException;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// What answers which path, by method. A path that is not there is a 404, and one that does not
/// know the method a 405 which says those that it knows.
final class Routes {
  private static final int LONGEST_PATH = 200;

  private final Map<String, Map<Method, Handler>> byPath = new LinkedHashMap<>();

  Routes get(String path, Handler handler) {
    return add(Method.GET, path, handler);
  }

  Routes post(String path, Handler handler) {
    return add(Method.POST, path, handler);
  }

  Routes delete(String path, Handler handler) {
    return add(Method.DELETE, path, handler);
  }

  private Routes add(Method method, String path, Handler handler) {
    byPath.computeIfAbsent(path, any -> new LinkedHashMap<>()).put(method, handler);
    return this;
  }

  void addTo(HttpRouting.Builder routing, Api api) {
    byPath.forEach((path, handlers) -> {
      handlers.forEach((method, handler) -> routing.route(method, path, handler));
      var known = handlers.keySet().stream().map(Method::text).collect(Collectors.joining(", "));
      routing.any(
          path,
          api.handler((caller, request, response) -> {
            response.header(HeaderNames.ALLOW, known);
            throw refused(Status.METHOD_NOT_ALLOWED_405, "Invalid method for URL", request);
          }));
    });
    routing.any(
        api.handler((caller, request, response) -> {
          throw refused(Status.NOT_FOUND_404, "Invalid URL", request);
        }));
  }

  private static ApiException refused(Status status, String what, ServerRequest request) {
    var path = request.path().path();
    return new ApiException(
        status.code(),
        "%s (%s %s)"
            .formatted(
                what,
                request.prologue().method().text(),
                path.length() <= LONGEST_PATH ? path : path.substring(0, LONGEST_PATH)),
        "invalid_request_error",
        Optional.empty(),
        Optional.empty());
  }
}
