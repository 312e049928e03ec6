package dev.hone.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What other web pages make a browser send, to a server without keys on this machine.
class BrowserFilterTest {
  private static final String JOBS = "/v1/fine_tuning/jobs";
  private static final String FRIEND = "https://friend.test";

  /// What a request is answered with that was let through: it has no body.
  private static final int PASSED = 400;

  @TempDir Path dir;
  private RunningServer server;

  @BeforeEach
  void start() throws IOException {
    var options =
        new ServerOptions(
            "127.0.0.1",
            0,
            false,
            1 << 20,
            List.of(FRIEND),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Optional.empty(),
            RequestLog.none());
    server = RunningServer.start(dir.resolve("data"), options);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private void assertRefused(String code, RunningServer.Reply reply) {
    assertEquals(403, reply.status());
    assertTrue(reply.body().contains("\"code\":\"" + code + "\""), reply.body());
  }

  @Test
  void programsAndTheOwnPageMayChangeThings() throws IOException {
    var own = "Origin: http://127.0.0.1:" + server.port();
    assertEquals(PASSED, server.post(JOBS, "").status());
    assertEquals(PASSED, server.post(JOBS, "", own).status());
    assertEquals(PASSED, server.post(JOBS, "", own, "Sec-Fetch-Site: same-origin").status());
    assertEquals(PASSED, server.post(JOBS, "", "Sec-Fetch-Site: none").status());
  }

  @Test
  void otherPagesMayChangeNothing() throws IOException {
    for (var origin : List.of("http://evil.test", "null", "http://127.0.0.1:1", "file://")) {
      assertRefused("foreign_origin", server.post(JOBS, "{}", "Origin: " + origin));
    }
    for (var site : List.of("cross-site", "same-site", "whatever")) {
      assertRefused("foreign_origin", server.post(JOBS, "{}", "Sec-Fetch-Site: " + site));
    }
    var form = "Content-Type: multipart/form-data; boundary=x";
    assertRefused(
        "foreign_origin", server.post("/v1/files", "--x--", form, "Origin: http://evil.test"));
    assertRefused(
        "foreign_origin", server.ask("DELETE", "/v1/files/file-1", "", "Origin: http://evil.test"));
  }

  @Test
  void aForeignNameForThisMachineReachesNothing() throws IOException {
    var evil = "Host: evil.test:" + server.port();
    for (var path : List.of("/", JOBS, "/metrics", "/no/such/path")) {
      assertRefused("foreign_host", server.get(path, evil));
    }
    var origin = "Origin: http://evil.test:" + server.port();
    assertRefused(
        "foreign_host", server.post(JOBS, "{}", evil, origin, "Sec-Fetch-Site: same-origin"));
    for (var host : List.of("127.0.0.1.evil.test", "localhost.evil.test", "[::2]", "0.0.0.0")) {
      assertRefused("foreign_host", server.get("/", "Host: " + host));
    }
  }

  @Test
  void thisMachinesNamesAreItsOwn() throws IOException {
    for (var host : List.of("localhost:80", "LocalHost", "127.0.0.1", "127.1.2.3:9", "[::1]:80")) {
      assertEquals(200, server.get(JOBS, "Host: " + host).status(), host);
    }
  }

  @Test
  void whereKeysAreNeededAnyNameWillDo() throws IOException {
    var options = ServerOptions.local(0).withKeys();
    try (var keyed = RunningServer.start(dir.resolve("keyed"), options)) {
      assertEquals(200, keyed.get("/", "Host: models.test").status());
      assertEquals(401, keyed.get(JOBS, "Host: models.test").status());
      assertRefused("foreign_origin", keyed.post(JOBS, "{}", "Origin: http://evil.test"));
    }
  }

  @Test
  void anAllowedOriginMayAskAndRead() throws IOException {
    var origin = "Origin: " + FRIEND;
    var posted = server.post(JOBS, "", origin, "Sec-Fetch-Site: cross-site");
    assertEquals(PASSED, posted.status());
    assertEquals(Optional.of(FRIEND), posted.header("Access-Control-Allow-Origin"));
    assertEquals(
        Optional.of("x-request-id, Retry-After"), posted.header("Access-Control-Expose-Headers"));
    var other = server.get(JOBS, "Origin: https://other.test");
    assertEquals(Optional.empty(), other.header("Access-Control-Allow-Origin"));
  }

  /// OpenAI's client for JavaScript sends all of these.
  @Test
  void anAllowedOriginMaySendTheClientsHeaders() throws IOException {
    var names =
        "authorization,content-type,openai-organization,openai-project,x-stainless-arch,"
            + "x-stainless-lang,x-stainless-os,x-stainless-package-version,"
            + "x-stainless-retry-count,x-stainless-runtime,x-stainless-runtime-version";
    var options = ServerOptions.local(0).withKeys().withOrigins(List.of(FRIEND));
    try (var keyed = RunningServer.start(dir.resolve("keyed"), options)) {
      var method = "Access-Control-Request-Method: DELETE";
      var headers = "Access-Control-Request-Headers: " + names;
      var asked = keyed.ask("OPTIONS", JOBS, "", "Origin: " + FRIEND, method, headers);
      assertEquals(204, asked.status());
      assertEquals(Optional.of(FRIEND), asked.header("Access-Control-Allow-Origin"));
      assertEquals(Optional.of("GET, POST, DELETE"), asked.header("Access-Control-Allow-Methods"));
      assertEquals(Optional.of(names), asked.header("Access-Control-Allow-Headers"));
      var odd = "Access-Control-Request-Headers: a\tb";
      var refused = keyed.ask("OPTIONS", JOBS, "", "Origin: " + FRIEND, method, odd);
      assertEquals(Optional.empty(), refused.header("Access-Control-Allow-Headers"));
      var other = keyed.ask("OPTIONS", JOBS, "", "Origin: https://other.test", method, headers);
      assertEquals(Optional.empty(), other.header("Access-Control-Allow-Origin"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "https://app.example, https://app.example",
    "HTTPS://App.Example:443, https://app.example",
    "http://localhost:3000, http://localhost:3000",
    "http://a:443, http://a:443",
    "http://[::1]:80, http://[::1]",
    "app://obsidian.md, app://obsidian.md"
  })
  void originsAreComparedAsBrowsersSendThem(String given, String sent) {
    assertEquals(List.of(sent), ServerOptions.local(0).withOrigins(List.of(given)).origins());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "null",
        "app.example",
        "https://app.example/",
        "https://app.example/path",
        "https://app.example?a",
        "https://a@app.example",
        "https://*.example",
        "https://app.example:0",
        "https://",
        ""
      })
  void whatIsNoOriginIsRefused(String given) {
    var options = ServerOptions.local(0);
    assertThrows(UsageException.class, () -> options.withOrigins(List.of(given)));
  }
}
