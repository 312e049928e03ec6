package dev.hone.hosted;

import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Asks a provider, again where it is busy, and says in one line what went wrong.
///
/// Asked again, as often as its patience has attempts: no connection, a time-out, an answer that is
/// cut or is no JSON, and the statuses 408, 409, 425, 429 and 500 upwards. Where the server says
/// how long to wait (`Retry-After`), that long.
final class PatientClient implements HttpClient {
  private static final Set<Integer> BUSY = Set.of(408, 409, 425, 429);
  private static final int LONGEST_MESSAGE = 300;

  private final String name;
  private final Secret key;
  private final Patience patience;
  private final java.net.http.HttpClient http;

  /// @param name of the model, for messages
  PatientClient(String name, Secret key, Patience patience) {
    this.name = name;
    this.key = key;
    this.patience = patience;
    this.http = java.net.http.HttpClient.newBuilder().connectTimeout(patience.timeout()).build();
  }

  /// How LangChain4j takes it. Its time-outs are ours already.
  HttpClientBuilder builder() {
    return new HttpClientBuilder() {
      @Override
      public Duration connectTimeout() {
        return patience.timeout();
      }

      @Override
      public HttpClientBuilder connectTimeout(Duration ignored) {
        return this;
      }

      @Override
      public Duration readTimeout() {
        return patience.timeout();
      }

      @Override
      public HttpClientBuilder readTimeout(Duration ignored) {
        return this;
      }

      @Override
      public HttpClient build() {
        return PatientClient.this;
      }
    };
  }

  /// How one attempt ended.
  private sealed interface Attempt {
    record Answered(SuccessfulHttpResponse response) implements Attempt {}

    /// @param after how long the server wants to be left alone
    record Failed(String why, Optional<Duration> after) implements Attempt {}
  }

  @Override
  public SuccessfulHttpResponse execute(HttpRequest request) {
    for (int number = 1; ; number++) {
      switch (attempt(request)) {
        case Attempt.Answered(var response) -> {
          return response;
        }
        case Attempt.Failed(var why, var after) -> {
          if (number == patience.attempts()) {
            throw new CallFailedException(
                "%s: %s, at each of %d attempts".formatted(name, why, number));
          }
          sleep(after.orElse(patience.pause(number, RandomGenerator.getDefault())), why);
        }
      }
    }
  }

  private void sleep(Duration pause, String why) {
    if (pause.compareTo(patience.longestPause()) > 0) {
      throw new CallFailedException(
          "%s: %s, and asks to wait %d s".formatted(name, why, pause.toSeconds()));
    }
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CallFailedException(name + ": interrupted");
    }
  }

  private Attempt attempt(HttpRequest request) {
    try {
      var response = http.send(sent(request), HttpResponse.BodyHandlers.ofByteArray());
      return response.statusCode() / 100 == 2 ? answered(response) : refused(response);
    } catch (HttpTimeoutException e) {
      return failed("no answer within %d s".formatted(patience.timeout().toSeconds()));
    } catch (IOException e) {
      return failed("no answer: " + (e.getMessage() == null ? "no connection" : e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CallFailedException(name + ": interrupted");
    }
  }

  private java.net.http.HttpRequest sent(HttpRequest request) {
    var body =
        request.body() == null
            ? java.net.http.HttpRequest.BodyPublishers.noBody()
            : java.net.http.HttpRequest.BodyPublishers.ofString(request.body());
    var sent =
        java.net.http.HttpRequest.newBuilder(URI.create(request.url()))
            .timeout(patience.timeout())
            .method(request.method().name(), body);
    request.headers().forEach((header, values) -> values.forEach(v -> sent.header(header, v)));
    return sent.build();
  }

  private Attempt answered(HttpResponse<byte[]> response) {
    var body = new String(response.body(), StandardCharsets.UTF_8);
    try {
      if (!JsonMapper.shared().readTree(body).isObject()) {
        return failed("an answer that is no JSON object");
      }
    } catch (JacksonException e) {
      return failed("an answer that is no JSON");
    }
    return new Attempt.Answered(
        SuccessfulHttpResponse.builder()
            .statusCode(response.statusCode())
            .headers(response.headers().map())
            .body(body)
            .build());
  }

  private Attempt failed(String why) {
    return new Attempt.Failed(key.hiddenIn(why), Optional.empty());
  }

  private Attempt refused(HttpResponse<byte[]> response) {
    int status = response.statusCode();
    var message = message(response);
    if (message.contains("insufficient_quota")) {
      throw new StoppedException(
          "%s: the account has no money left (%d): %s".formatted(name, status, message),
          "fill it up; the same command goes on where this one ended");
    }
    if (BUSY.contains(status) || status >= 500) {
      return new Attempt.Failed("status %d: %s".formatted(status, message), wait(response));
    }
    throw switch (status) {
      case 401, 403 ->
          new StoppedException(
              "%s: the key is refused (%d): %s".formatted(name, status, message),
              "see whether the key is right, and may ask this model");
      case 404 ->
          new StoppedException(
              "%s: there is no such model or address (404): %s".formatted(name, message),
              "see how the provider calls it");
      default -> new CallFailedException("%s: refused (%d): %s".formatted(name, status, message));
    };
  }

  /// What the server says, in one line and without the key.
  private String message(HttpResponse<byte[]> response) {
    var text = new String(response.body(), StandardCharsets.UTF_8);
    try {
      var error = JsonMapper.shared().readTree(text).path("error");
      var told = error.isString() ? error.asString() : error.path("message").asString("");
      var code = error.path("code").asString(error.path("type").asString(""));
      text = told.isEmpty() ? text : code.isEmpty() ? told : "%s (%s)".formatted(told, code);
    } catch (JacksonException e) {
      text = text.replaceAll("<[^>]*>", " "); // a page of some proxy
    }
    var line = key.hiddenIn(text).replaceAll("\\s+", " ").strip();
    return line.length() <= LONGEST_MESSAGE ? line : line.substring(0, LONGEST_MESSAGE) + " …";
  }

  /// `Retry-After` in seconds or as a date (RFC 9110, 10.2.3).
  private static Optional<Duration> wait(HttpResponse<byte[]> response) {
    return response.headers().firstValue("Retry-After").flatMap(PatientClient::wait);
  }

  private static Optional<Duration> wait(String after) {
    try {
      if (after.matches("\\d{1,9}(\\.\\d+)?")) {
        return Optional.of(Duration.ofMillis((long) (1000 * Double.parseDouble(after))));
      }
      var until = ZonedDateTime.parse(after, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      var left = Duration.between(Instant.now(), until);
      return Optional.of(left.isNegative() ? Duration.ZERO : left);
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  @Override
  public void execute(
      HttpRequest request, ServerSentEventParser parser, ServerSentEventListener listener) {
    throw new UnsupportedOperationException("nothing is streamed");
  }
}
