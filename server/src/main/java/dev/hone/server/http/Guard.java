package dev.hone.server.http;

import dev.hone.server.api.ApiException;
import dev.hone.server.state.ApiKey;
import dev.hone.server.state.Keys;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/// Lets requests in that carry a key, at the key's rate.
final class Guard {
  private static final String BEARER = "Bearer ";
  private static final double MINUTE = 60e9;

  private final Keys keys;
  private final boolean needsKeys;
  private final Map<String, Bucket> buckets = new ConcurrentHashMap<>();

  Guard(Keys keys, boolean needsKeys) {
    this.keys = keys;
    this.needsKeys = needsKeys;
  }

  /// A bucket that fills at the key's rate and holds a minute's requests.
  private static final class Bucket {
    private double level;
    private long at = System.nanoTime();

    Bucket(int perMinute) {
      this.level = perMinute;
    }

    /// @return seconds to wait; empty where there is no need
    synchronized OptionalLong take(int perMinute) {
      long now = System.nanoTime();
      level = Math.min(perMinute, level + (now - at) / MINUTE * perMinute);
      at = now;
      if (level >= 1) {
        level--;
        return OptionalLong.empty();
      }
      return OptionalLong.of((long) Math.ceil((1 - level) * 60 / perMinute));
    }
  }

  /// A key that has used up its rate.
  static final class TooFastException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long seconds;

    TooFastException(long seconds) {
      this.seconds = seconds;
    }

    /// To wait.
    long seconds() {
      return seconds;
    }
  }

  /// @throws ApiException where there is no key, or a wrong one
  Caller admit(ServerRequest request) throws IOException {
    if (!needsKeys) {
      return Caller.LOCAL;
    }
    var given = request.headers().first(HeaderNames.AUTHORIZATION).orElse("");
    if (!given.startsWith(BEARER)) {
      throw unauthorized(
          "You didn't provide an API key. You need to provide your API key in an Authorization"
              + " header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
          Optional.empty());
    }
    var key =
        keys.find(given.substring(BEARER.length()).strip())
            .orElseThrow(
                () -> unauthorized("Incorrect API key provided.", Optional.of("invalid_api_key")));
    limit(key);
    key.requireTokens();
    return new Caller(key.tenant(), Optional.of(key));
  }

  private void limit(ApiKey key) {
    if (key.requestsPerMinute().isPresent()) {
      int rate = key.requestsPerMinute().getAsInt();
      var wait = buckets.computeIfAbsent(key.id(), id -> new Bucket(rate)).take(rate);
      wait.ifPresent(seconds -> {
        throw new TooFastException(seconds);
      });
    }
  }

  private static ApiException unauthorized(String message, Optional<String> code) {
    return new ApiException(401, message, "invalid_request_error", Optional.empty(), code);
  }
}
