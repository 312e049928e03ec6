package dev.hone.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.server.http.HostileRequests.Expected;
import dev.hone.server.http.HostileRequests.Hostile;
import dev.hone.server.state.Scope;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Whatever is sent: it is refused in OpenAI's words and soon, and the next one is answered.
class HostileRequestsTest {
  private static final int BODY_BYTES = 256 << 10;
  private static final Duration IDLE = Duration.ofSeconds(1);
  private static final Duration MOST = Duration.ofSeconds(5);
  private static final String AUTHORIZATION = "Authorization: Bearer %s\r\n";
  private static final Set<String> KEYS = Set.of("message", "type", "param", "code");

  @TempDir static Path dir;
  private static TestServer server;
  private static String key;
  private static HostileRequests hostile;
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws Exception {
    server = TestServer.start(dir, BODY_BYTES, IDLE);
    key = server.key("acme", Scope.INFERENCE, Scope.FINE_TUNING, Scope.ADMIN);
    var other = server.key("other", Scope.INFERENCE, Scope.FINE_TUNING);
    var file = ownFile(other);
    var job =
        post(
            other,
            "/fine_tuning/jobs",
            "{\"model\": \"tiny\", \"training_file\": \"%s\"}".formatted(file));
    var upload =
        post(
            other,
            "/uploads",
            "{\"filename\": \"a.jsonl\", \"purpose\": \"fine-tune\", \"mime_type\": \"text/plain\","
                + " \"bytes\": 9}");
    hostile = new HostileRequests(key, BODY_BYTES, List.of(file, job, upload));
  }

  @AfterAll
  static void stop() throws IOException {
    CLIENT.close();
    server.close();
  }

  private static String ownFile(String secret) throws Exception {
    var form =
        "--b\r\n"
            + "Content-Disposition: form-data; name=\"purpose\"\r\n\r\n"
            + "fine-tune\r\n"
            + "--b\r\n"
            + "Content-Disposition: form-data; name=\"file\"; filename=\"a.jsonl\"\r\n\r\n"
            + "{}\r\n"
            + "--b--\r\n";
    return id(
        request(secret, "/files").header("Content-Type", "multipart/form-data; boundary=b"), form);
  }

  private static String post(String secret, String path, String json) throws Exception {
    return id(request(secret, path), json);
  }

  private static String id(HttpRequest.Builder request, String body) throws Exception {
    var answer =
        CLIENT.send(
            request.POST(HttpRequest.BodyPublishers.ofString(body)).build(),
            BodyHandlers.ofString());
    assertEquals(200, answer.statusCode(), answer::body);
    return JsonMapper.shared().readTree(answer.body()).path("id").asString();
  }

  private static HttpRequest.Builder request(String secret, String path) {
    return HttpRequest.newBuilder(URI.create(server.url() + path))
        .header("Authorization", "Bearer " + secret)
        .timeout(MOST);
  }

  @Test
  void everyRequestIsRefusedAndTheNextIsAnswered() throws Exception {
    var all = hostile.all();
    assertTrue(all.size() >= 60, () -> "only " + all.size());
    var wrong = new ArrayList<String>();
    var names = new TreeSet<String>();
    for (var one : all) {
      assertTrue(names.add(one.name()), () -> "twice: " + one.name());
      var complaint = complaint(one);
      if (!complaint.isEmpty()) {
        wrong.add(one.name() + ": " + complaint);
      }
    }
    assertEquals(List.of(), wrong, () -> String.join("\n", wrong));
    assertAnswers();
  }

  private static String complaint(Hostile one) throws IOException {
    try {
      var answer = RawHttp.send(server.port(), one.bytes(), MOST);
      if (answer.isEmpty()) {
        return one.expected() == Expected.CLOSED ? "" : "no answer";
      }
      int status = answer.get().status();
      var body = answer.get().body();
      if (body.contains("\tat ") || body.contains("java.") || body.contains(dir.toString())) {
        return "tells of the inside: " + body;
      }
      boolean isRight =
          one.expected() == Expected.ANSWERED && status < 400 || status >= 400 && status < 500;
      return !isRight ? "%d %s".formatted(status, body) : status < 400 ? "" : bodyComplaint(body);
    } catch (SocketTimeoutException e) {
      return "hangs";
    }
  }

  private static String bodyComplaint(String body) {
    try {
      var error = JsonMapper.shared().readTree(body).path("error");
      return KEYS.equals(Set.copyOf(error.propertyNames())) ? "" : "not an error object: " + body;
    } catch (JacksonException e) {
      return "not JSON: " + body;
    }
  }

  private static void assertAnswers() throws Exception {
    var body =
        "{\"model\": \"tiny\", \"max_tokens\": 3, \"messages\": [{\"role\": \"user\", \"content\":"
            + " \"x\"}]}";
    var answer =
        CLIENT.send(
            request(key, "/chat/completions")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.ofString());
    assertEquals(200, answer.statusCode(), answer::body);
  }

  /// The answer's time is not the sender's.
  @Test
  void anAnswerMayTakeLongerThanASenderMay() throws Exception {
    for (var stream : List.of("true", "false")) {
      var body =
          "{\"model\": \"tiny\", \"n\": 8, \"stream\": %s, \"logit_bias\": {\"2\": -100}, \"messages\": [{\"role\": \"user\", \"content\": \"x\"}]}"
              .formatted(stream);
      var request = request(key, "/chat/completions").timeout(Duration.ofMinutes(1));
      var answer =
          CLIENT.send(
              request.POST(HttpRequest.BodyPublishers.ofString(body)).build(),
              BodyHandlers.ofString());
      assertEquals(200, answer.statusCode(), answer::body);
      assertTrue(stream.equals("false") || answer.body().endsWith("[DONE]\n\n"));
    }
    assertAnswers();
  }

  /// A body that nobody reads is not the next request.
  @Test
  void nothingIsSmuggledInABody() throws Exception {
    for (var connection : List.of("close", "keep-alive")) {
      for (var path : List.of("/v1/nothing", "/v1/fine_tuning/jobs/x/cancel", "/v1/models")) {
        var answers = answers(path, connection);
        assertTrue(answers.matches("(?s)HTTP/1.1 40[45] .*"), answers);
        assertFalse(answers.contains("HTTP/1.1 200"), answers);
      }
    }
  }

  /// To a request with a request in its body.
  private static String answers(String path, String connection) throws IOException {
    var inner = "GET /v1/models HTTP/1.1\r\nHost: x\r\n" + AUTHORIZATION.formatted(key) + "\r\n";
    var outer =
        "POST %s HTTP/1.1\r\nHost: x\r\nConnection: %s\r\n%sContent-Length: %d\r\n\r\n%s"
            .formatted(path, connection, AUTHORIZATION.formatted(key), inner.length(), inner);
    try (var socket = new Socket("127.0.0.1", server.port())) {
      socket.setSoTimeout((int) MOST.toMillis());
      socket.getOutputStream().write(outer.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
