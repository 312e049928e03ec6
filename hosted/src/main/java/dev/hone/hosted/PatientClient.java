package dev.hone.hosted;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
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
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Asks a provider, again where it is busy, and says in one line what went wrong.
///
/// Asked again, as often as its patience has attempts: no connection, a time-out, an answer that is
/// cut or is no JSON, and the statuses 408, 409, 425, 429 and 500 upwards. Where the server says
/// how long to wait (`Retry-After`), that long.
final class PatientClient {
  private static final Set<Integer> BUSY = Set.of(408, 409, 425, 429);
  private static final int TOO_MANY = 429;
  private static final int LONGEST_MESSAGE = 300;

  private final String name;
  private final Secret key;
  private final Patience patience;
  private final HttpClient http;

  /// When the server may be asked again, by `System.nanoTime()`: who asks too much stops asking,
  /// and so do all others.
  private final AtomicLong quietUntil = new AtomicLong(System.nanoTime());

  /// @param name of the model, for messages
  PatientClient(String name, Secret key, Patience patience) {
    this.name = name;
    this.key = key;
    this.patience = patience;
    this.http = HttpClient.newBuilder().connectTimeout(patience.timeout()).build();
  }

  String name() {
    return name;
  }

  Patience patience() {
    return patience;
  }

  /// Whether a request may be sent again although it may have been done.
  enum Repeat {
    ALWAYS,
    /// It makes something: only a 429 says that it was not done.
    WHERE_NOT_DONE
  }

  /// How one attempt ended.
  private sealed interface Attempt {
    record Answered(HttpResponse<byte[]> response) implements Attempt {}

    /// @param after how long the server wants to be left alone
    /// @param isDone whether it may have been done all the same
    record Failed(String why, Optional<Duration> after, boolean isDone) implements Attempt {}
  }

  /// The answer: a JSON object, of a status from 200 to 299.
  ///
  /// @throws RefusedException where asking again would not help
  /// @throws UnsureException where it may have been done, and must not be done twice
  /// @throws CallFailedException when patience is at its end
  HttpResponse<byte[]> send(HttpRequest request, Repeat repeat) {
    for (int number = 1; ; number++) {
      awaitQuiet();
      switch (attempt(request)) {
        case Attempt.Answered(var response) -> {
          return response;
        }
        case Attempt.Failed(var why, var after, var isDone) -> {
          if (isDone && repeat == Repeat.WHERE_NOT_DONE) {
            throw new UnsureException("%s: %s".formatted(name, why));
          }
          if (number == patience.attempts()) {
            throw new CallFailedException(
                "%s: %s, at each of %d attempts".formatted(name, why, number));
          }
          var pause = after.orElse(patience.pause(number, RandomGenerator.getDefault()));
          refuseLong(pause, why);
          if (isDone) {
            sleep(pause);
          } else {
            long end = System.nanoTime() + pause.toNanos();
            quietUntil.accumulateAndGet(end, (a, b) -> a - b > 0 ? a : b);
          }
        }
      }
    }
  }

  private void awaitQuiet() {
    for (long left = left(); left > 0; left = left()) {
      sleep(Duration.ofNanos(left));
    }
  }

  private long left() {
    return quietUntil.get() - System.nanoTime();
  }

  private void refuseLong(Duration pause, String why) {
    if (pause.compareTo(patience.longestPause()) > 0) {
      throw new CallFailedException(
          "%s: %s, and asks to wait %d s".formatted(name, why, pause.toSeconds()));
    }
  }

  /// @throws CallFailedException when interrupted
  void sleep(Duration pause) {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CallFailedException(name + ": interrupted");
    }
  }

  private Attempt attempt(HttpRequest request) {
    try {
      var response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      return response.statusCode() / 100 == 2 ? answered(response) : refused(response);
    } catch (HttpTimeoutException e) {
      var timeout = request.timeout().orElse(patience.timeout());
      return failed("no answer within %d s".formatted(timeout.toSeconds()));
    } catch (IOException e) {
      return failed("no answer: " + (e.getMessage() == null ? "no connection" : e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CallFailedException(name + ": interrupted");
    }
  }

  private Attempt answered(HttpResponse<byte[]> response) {
    try {
      if (!JsonMapper.shared().readTree(response.body()).isObject()) {
        return failed("an answer that is no JSON object");
      }
    } catch (JacksonException e) {
      return failed("an answer that is no JSON");
    }
    return new Attempt.Answered(response);
  }

  private Attempt failed(String why) {
    return new Attempt.Failed(key.hiddenIn(why), Optional.empty(), true);
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
      return new Attempt.Failed(
          "status %d: %s".formatted(status, message), wait(response), status != TOO_MANY);
    }
    throw new RefusedException(name, status, message);
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
    return line(text);
  }

  /// A text of the server's in one line, not too long, and without the key.
  String line(String text) {
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
}
