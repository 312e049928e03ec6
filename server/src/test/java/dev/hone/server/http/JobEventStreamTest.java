package dev.hone.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.server.job.JobRequest;
import dev.hone.server.job.JobSettings;
import dev.hone.server.job.Jobs;
import dev.hone.server.state.NewFile;
import dev.hone.server.state.State;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Events of jobs as a stream, and the check of files.
class JobEventStreamTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String TENANT = "local";
  private static final String ROW = "{\"prompt\": \"a\", \"completion\": \"b\"}\n";
  private static final String WRONG = ROW + "no JSON\n{\"messages\": []}\n" + ROW;

  @TempDir Path dir;
  private String file = "";
  private String job = "";

  private RunningServer start(RunningServer.Before before) throws IOException {
    return RunningServer.start(dir.resolve("data"), ServerOptions.local(0), before);
  }

  private void add(State state, String rows) throws IOException {
    var content = new ByteArrayInputStream(rows.getBytes(StandardCharsets.UTF_8));
    var described = new NewFile("rows.jsonl", "fine-tune", OptionalLong.empty());
    file = state.files().create(TENANT, described, content).id();
  }

  private Jobs create(State state, JobSettings settings, String rows) throws IOException {
    add(state, rows);
    var jobs = new Jobs(state, settings);
    var body = "{\"model\": \"tiny\", \"training_file\": \"%s\"}".formatted(file);
    job = jobs.create(TENANT, JobRequest.parse(JSON.readTree(body))).id();
    return jobs;
  }

  private String events(String query) {
    return "/v1/fine_tuning/jobs/%s/events?stream=true%s".formatted(job, query);
  }

  /// The messages of a stream that ended as it should.
  private static List<String> messages(String body) {
    var messages = new ArrayList<String>();
    for (var line : body.lines().filter(line -> line.startsWith("data: ")).toList()) {
      var data = line.substring(6);
      messages.add(data.equals("[DONE]") ? data : JSON.readTree(data).get("message").asString());
    }
    return messages;
  }

  @Test
  void aStreamHasAllEventsAndEndsWithTheJob() throws IOException {
    try (var server = start((state, settings) -> create(state, settings, WRONG))) {
      var reply = server.get(events(""));
      assertTrue(reply.header("Content-Type").orElseThrow().startsWith("text/event-stream"));
      var messages = messages(reply.body());
      assertEquals("Created fine-tuning job", messages.getFirst());
      assertTrue(
          messages.get(1).startsWith("The job failed due to an invalid"), messages::toString);
      assertEquals(List.of("[DONE]"), messages.subList(2, messages.size()));
    }
  }

  @Test
  void aStreamGoesOnAfterAnEvent() throws IOException {
    try (var server = start((state, settings) -> create(state, settings, WRONG))) {
      var whole = server.get(events("")).body();
      var first = whole.lines().filter(line -> line.startsWith("id: ")).findFirst().orElseThrow();
      var rest = messages(whole).subList(1, 3);
      var id = first.substring(4);
      assertEquals(rest, messages(server.get(events("&after=" + id)).body()));
      assertEquals(rest, messages(server.get(events(""), "Last-Event-ID: " + id).body()));
    }
  }

  @Test
  void whatIsNotThereIsNoStream() throws IOException {
    try (var server = start((state, settings) -> create(state, settings, WRONG))) {
      var path = "/v1/fine_tuning/jobs/ftjob-none/events?stream=true";
      assertEquals(404, server.get(path).status());
      assertEquals(400, server.get(events("&after=none")).status());
      assertEquals(400, server.get(events("").replace("true", "yes")).status());
    }
  }

  @Test
  void aServerStopsThoughSomebodyListens() throws IOException {
    var server =
        start((state, settings) -> create(state, settings, ROW.repeat(12)).pause(TENANT, job));
    try (var socket = server.send("GET", events(""), "");
        var lines =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
      while (!lines.readLine().contains("Fine-tuning job paused")) {
        Thread.onSpinWait();
      }
      long start = System.nanoTime();
      server.close();
      assertTrue(System.nanoTime() - start < Duration.ofSeconds(10).toNanos());
    }
  }

  @Test
  void aCheckNamesEveryWrongLine() throws IOException {
    try (var server = start((state, settings) -> add(state, WRONG))) {
      var check = JSON.readTree(server.post("/v1/files/%s/check".formatted(file), "").body());
      assertEquals(false, check.get("valid").asBoolean());
      assertEquals(2, check.get("invalid_lines_total").asInt());
      assertEquals(2, check.get("invalid_lines").get(0).get("line").asInt());
      assertEquals(3, check.get("invalid_lines").get(1).get("line").asInt());
      assertEquals("invalid_training_file", check.get("error").get("code").asString());
    }
  }

  @Test
  void aCheckOfAGoodFileCountsItsExamples() throws IOException {
    try (var server = start((state, settings) -> add(state, ROW.repeat(12)))) {
      var check = JSON.readTree(server.post("/v1/files/%s/check".formatted(file), "").body());
      assertEquals(true, check.get("valid").asBoolean());
      assertEquals(12, check.get("examples").asInt());
      try (var left = java.nio.file.Files.list(dir.resolve("data/jobs"))) {
        assertEquals(0, left.count());
      }
    }
  }
}
