package dev.hone.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.server.state.Administration;
import dev.hone.server.state.NewKey;
import dev.hone.server.state.Scope;
import dev.hone.server.state.StateSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RequestLogTest {
  private static final String ASKED =
      "{\"model\": \"tiny\", \"prompt\": \"geheim\", \"max_tokens\": 4, \"temperature\": 0%s}";

  @TempDir Path dir;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private RunningServer start(OutputStream log, boolean hasTexts) throws IOException {
    var options = ServerOptions.local(0).withKeys().withLog(RequestLog.to(log, hasTexts));
    return RunningServer.start(dir, options);
  }

  private String key() throws IOException {
    try (var state = Administration.open(StateSettings.sqlite(dir))) {
      var wanted =
          new NewKey(
              "acme",
              "test",
              EnumSet.of(Scope.INFERENCE),
              OptionalInt.empty(),
              OptionalLong.empty());
      return state.addKey(wanted).secret();
    }
  }

  /// The lines so far; the last one may come a moment after its answer.
  private List<JsonNode> lines(int expected) throws InterruptedException {
    for (int i = 0; i < 100 && text().lines().count() < expected; i++) {
      Thread.sleep(50);
    }
    var lines = text().lines().map(line -> JsonMapper.shared().readTree(line)).toList();
    assertEquals(expected, lines.size(), this::text);
    return lines;
  }

  private String text() {
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aLineSaysWhoAskedWhatAndWhatItTook() throws Exception {
    try (var server = start(out, false)) {
      var key = key();
      var authorization = "Authorization: Bearer " + key;
      var reply = server.post("/v1/completions?a=geheim", ASKED.formatted(""), authorization);
      assertEquals(200, reply.status(), reply::body);
      var line = lines(1).getFirst();
      assertEquals(
          List.of(
              "time",
              "level",
              "request_id",
              "method",
              "path",
              "status",
              "ms",
              "tenant",
              "key",
              "model",
              "prompt_tokens",
              "answer_tokens"),
          List.copyOf(line.propertyNames()));
      assertTrue(Instant.parse(line.get("time").asString()).isAfter(Instant.EPOCH));
      assertEquals("info", line.get("level").asString());
      assertEquals(reply.header("x-request-id").orElseThrow(), line.get("request_id").asString());
      assertEquals("POST", line.get("method").asString());
      assertEquals("/v1/completions", line.get("path").asString());
      assertEquals(200, line.get("status").asInt());
      assertEquals("acme", line.get("tenant").asString());
      assertEquals(key.split("-")[2], line.get("key").asString());
      assertEquals("tiny", line.get("model").asString());
      var usage = JsonMapper.shared().readTree(reply.body()).path("usage");
      assertEquals(usage.get("prompt_tokens").asInt(), line.get("prompt_tokens").asInt());
      assertEquals(usage.get("completion_tokens").asInt(), line.get("answer_tokens").asInt());
      assertFalse(text().contains("geheim"), this::text);
      assertFalse(text().contains(key.split("-")[3]), this::text);
    }
  }

  @Test
  void whatIsRefusedIsLoggedToo() throws Exception {
    try (var server = start(out, false)) {
      // A line is written once its reply is sent: the next request waits for it, or the two may
      // change places.
      server.get("/v1/models", "Authorization: Bearer sk-geheim");
      lines(1);
      server.post("/v1/files", "", "Origin: http://evil.test");
      lines(2);
      server.get("/no%0Asuch");
      lines(3);
      server.get("/");
      var lines = lines(4);
      assertEquals(
          List.of(401, 403, 401, 200), lines.stream().map(l -> l.get("status").asInt()).toList());
      assertEquals("warning", lines.getFirst().get("level").asString());
      assertEquals("/no%0Asuch", lines.get(2).get("path").asString());
      assertFalse(text().contains("geheim"), this::text);
    }
  }

  @Test
  void textsAreLoggedWhereThatIsAskedFor() throws Exception {
    try (var server = start(out, true)) {
      var authorization = "Authorization: Bearer " + key();
      var whole = server.post("/v1/completions", ASKED.formatted(""), authorization);
      server.post("/v1/completions", ASKED.formatted(", \"stream\": true"), authorization);
      var lines = lines(2);
      var answer = JsonMapper.shared().readTree(whole.body()).at("/choices/0/text").asString();
      assertFalse(answer.isEmpty());
      for (var line : lines) {
        assertEquals("geheim", line.get("prompt").asString());
        assertEquals(answer, line.at("/answers/0").asString());
        assertEquals(1, line.get("answers").size());
      }
    }
  }

  @Test
  void aLogThatCannotBeWrittenFailsNoRequest() throws Exception {
    var full =
        new OutputStream() {
          @Override
          public void write(int one) throws IOException {
            throw new IOException("no space left on device");
          }
        };
    try (var server = start(full, false)) {
      var authorization = "Authorization: Bearer " + key();
      for (int i = 0; i < 2; i++) {
        assertEquals(200, server.get("/v1/models", authorization).status());
      }
    }
  }
}
