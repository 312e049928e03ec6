package dev.hone.server.http;

import dev.hone.server.api.ApiException;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Keeps other web pages out. A browser sends a request to this machine for any page that asks it
/// to, and that page need not be able to read the answer to do harm.
///
/// - What changes something must come from this server's own page, from an origin that is allowed,
///   or from no browser: browsers say where a request comes from (`Sec-Fetch-Site`, `Origin`), and
///   no page can make them say otherwise.
/// - Where no key is needed, `Host` must name this machine: a foreign name may be made to point
///   here (DNS rebinding), and its pages are then of this server's origin.
/// - An answer may be read by pages of allowed origins alone (CORS), and none runs, frames or keeps
///   what it wasn't meant to.
final class BrowserFilter implements Filter {
  private static final HeaderName FETCH_SITE = HeaderNames.create("Sec-Fetch-Site");
  static final HeaderName POLICY = HeaderNames.create("Content-Security-Policy");
  private static final HeaderName REFERRER = HeaderNames.create("Referrer-Policy");
  private static final HeaderName RESOURCE = HeaderNames.create("Cross-Origin-Resource-Policy");
  private static final HeaderName OPENER = HeaderNames.create("Cross-Origin-Opener-Policy");
  private static final String CONTENT =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  private static final Set<Method> HARMLESS = Set.of(Method.GET, Method.HEAD, Method.OPTIONS);
  private static final Set<String> OWN = Set.of("same-origin", "none");
  private static final Pattern NAMES = Pattern.compile("[A-Za-z0-9_-]+(, ?[A-Za-z0-9_-]+)*");
  private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1]");
  private static final Pattern AUTHORITY = Pattern.compile("(\\[[^\\]]*]|[^:]*)(:\\d+)?");

  private final ServerOptions options;

  BrowserFilter(ServerOptions options) {
    this.options = options;
  }

  @Override
  public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
    protect(response);
    var refused = refused(request);
    if (refused.isPresent()) {
      Api.refuse(request, response, refused.get());
      return;
    }
    var origin = request.headers().first(HeaderNames.ORIGIN).filter(options.origins()::contains);
    if (origin.isEmpty()) {
      chain.proceed();
      return;
    }
    response.header(HeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, origin.get());
    response.header(HeaderNames.VARY, "Origin");
    response.header(HeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, "x-request-id, Retry-After");
    if (request.prologue().method().equals(Method.OPTIONS)) {
      allow(request, response);
      return;
    }
    chain.proceed();
  }

  private static void protect(ServerResponse response) {
    response.header(POLICY, CONTENT);
    response.header(HeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff");
    response.header(HeaderNames.CACHE_CONTROL, "no-store");
    response.header(REFERRER, "no-referrer");
    response.header(RESOURCE, "same-origin");
    response.header(OPENER, "same-origin");
  }

  /// What a browser asks before it sends more than a plain form could. Any header may come: clients
  /// have their own (`x-stainless-lang`, `openai-organization`), and what none knows is not read.
  private static void allow(ServerRequest request, ServerResponse response) {
    response.header(HeaderNames.ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, DELETE");
    request
        .headers()
        .first(HeaderNames.ACCESS_CONTROL_REQUEST_HEADERS)
        .filter(names -> NAMES.matcher(names).matches())
        .ifPresent(names -> response.header(HeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, names));
    response.header(HeaderNames.ACCESS_CONTROL_MAX_AGE, "600");
    response.status(204).send();
  }

  private Optional<ApiException> refused(ServerRequest request) {
    var host = request.headers().first(HeaderNames.HOST).orElse("").toLowerCase(Locale.ROOT);
    if (!options.needsKeys() && !isHere(host)) {
      return refusal(
          "foreign_host",
          "The request's Host header names another machine: ask for 127.0.0.1 or localhost.");
    }
    if (!HARMLESS.contains(request.prologue().method()) && !isOwn(request, host)) {
      return refusal(
          "foreign_origin",
          "The request comes from a web page of another origin, which may change nothing here.");
    }
    return Optional.empty();
  }

  private boolean isHere(String host) {
    var parts = AUTHORITY.matcher(host);
    return parts.matches()
        && (LOOPBACK.matcher(parts.group(1)).matches()
            || parts.group(1).equalsIgnoreCase(options.host()));
  }

  /// A browser's own word on it counts more than a comparison with `Host`, which a proxy may have
  /// changed.
  private boolean isOwn(ServerRequest request, String host) {
    var origin = request.headers().first(HeaderNames.ORIGIN);
    if (origin.filter(options.origins()::contains).isPresent()) {
      return true;
    }
    var site = request.headers().first(FETCH_SITE);
    return site.map(OWN::contains)
        .orElseGet(() -> origin.map(from -> isAt(from, host)).orElse(true));
  }

  private static boolean isAt(String origin, String host) {
    var from = origin.toLowerCase(Locale.ROOT);
    return from.equals("http://" + host) || from.equals("https://" + host);
  }

  private static Optional<ApiException> refusal(String code, String message) {
    return Optional.of(
        new ApiException(
            403, message, "invalid_request_error", Optional.empty(), Optional.of(code)));
  }
}
