package dev.hone.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class RoutesTest {
  @TempDir Path dir;
  private RunningServer server;

  @BeforeEach
  void start() throws IOException {
    server = RunningServer.start(dir, ServerOptions.local(0));
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          PUT    | /v1/models                     | GET
          GET    | /v1/chat/completions           | POST
          PATCH  | /v1/files                      | GET, POST
          POST   | /v1/files/file-1               | GET, DELETE
          DELETE | /v1/fine_tuning/jobs/x/cancel  | POST
          POST   | /metrics                       | GET
          POST   | /                              | GET
          BREW   | /ask                           | GET
          """)
  void aMethodThatAPathDoesNotKnowIsToldThoseItKnows(String method, String path, String known)
      throws IOException {
    var reply = server.ask(method, path, "");
    assertEquals(405, reply.status());
    assertEquals(Optional.of(known), reply.header("Allow"));
    var error = JsonMapper.shared().readTree(reply.body()).path("error");
    assertEquals(List.of("message", "type", "param", "code"), List.copyOf(error.propertyNames()));
    assertEquals(
        "Invalid method for URL (%s %s)".formatted(method, path), error.path("message").asString());
  }

  @Test
  void aPathThatIsNotThereIsStillNotFound() throws IOException {
    for (var path : List.of("/v1", "/v1/models/x/y", "/v1/nothing", "/metrics/x")) {
      var reply = server.ask("PUT", path, "");
      assertEquals(404, reply.status(), path);
      assertEquals(Optional.empty(), reply.header("Allow"));
    }
  }

  /// Whatever is answered to HEAD has no body, which the client would take for the next answer.
  @Test
  void whatAnswersHeadHasNoBody() throws IOException {
    var head = "HEAD /v1/models HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    var get = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    try (var socket = new Socket("127.0.0.1", server.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write((head + get).getBytes(StandardCharsets.US_ASCII));
      var answers = new StringBuilder();
      while (!answers.toString().endsWith("ok\n")) {
        int one = socket.getInputStream().read();
        assertTrue(one >= 0, answers::toString);
        answers.append((char) one);
      }
      assertTrue(answers.indexOf("HTTP/1.1 405") == 0, answers::toString);
      assertEquals(-1, answers.indexOf("{"), answers::toString);
      assertTrue(answers.indexOf("\r\n\r\nHTTP/1.1 200") > 0, answers::toString);
    }
  }
}
