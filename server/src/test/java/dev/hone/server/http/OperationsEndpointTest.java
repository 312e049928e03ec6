package dev.hone.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.server.job.JobQueue;
import dev.hone.server.job.JobSettings;
import dev.hone.server.state.NewFile;
import dev.hone.server.state.State;
import dev.hone.server.state.StateSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperationsEndpointTest {
  @TempDir Path dir;

  /// SQLite makes an empty file where its own is gone.
  @Test
  void aServerWithoutItsDatabaseLivesAndIsNotReady() throws IOException {
    try (var server = RunningServer.start(dir, ServerOptions.local(0).withKeys())) {
      assertEquals(200, server.get("/readyz").status());
      server.state.close();
      Files.move(dir.resolve("state.db"), dir.resolve("elsewhere.db"));
      var reply = server.get("/readyz");
      assertEquals(503, reply.status());
      assertEquals("the database does not answer\n", reply.body());
      assertEquals(200, server.get("/healthz").status());
    }
  }

  @Test
  void aQueueThatIsClosedDoesNotWork() throws IOException {
    var settings = JobSettings.of(Map.of(), 1, (what, why) -> {});
    try (var state = State.open(StateSettings.sqlite(dir));
        var queue = JobQueue.start(state, settings)) {
      assertTrue(queue.isWorking());
      queue.close();
      assertFalse(queue.isWorking());
    }
  }

  /// Once all requests are counted, which may be a moment after their answers.
  private static List<String> metrics(RunningServer server)
      throws IOException, InterruptedException {
    for (int i = 0; i < 100; i++) {
      var lines = server.get("/metrics").body().lines().toList();
      if (lines.contains("hone_requests_in_flight 0.0")) {
        return lines;
      }
      Thread.sleep(50);
    }
    throw new AssertionError("some requests are never counted as answered");
  }

  /// As the text format has it: each name has one HELP and one TYPE, and its samples follow.
  @Test
  void metricsHaveTheTextFormatAndCountJobs() throws Exception {
    try (var server = RunningServer.start(dir, ServerOptions.local(0))) {
      server.get("/v1/models");
      var rows = "{\"messages\": []}\n".getBytes(StandardCharsets.UTF_8);
      server.post("/v1/fine_tuning/jobs", "{}");
      var file =
          server
              .state
              .files()
              .create(
                  "local",
                  new NewFile("rows.jsonl", "fine-tune", OptionalLong.empty()),
                  new ByteArrayInputStream(rows));
      var body = "{\"model\": \"tiny\", \"training_file\": \"%s\"}".formatted(file.id());
      assertEquals(200, server.post("/v1/fine_tuning/jobs", body).status());
      var lines = metrics(server);
      var name = "";
      for (int i = 0; i < lines.size(); i++) {
        var words = lines.get(i).split(" ");
        if (words[1].equals("HELP")) {
          name = words[2];
          assertTrue(lines.get(i + 1).matches("# TYPE " + name + " (counter|gauge)"));
        } else if (!words[0].equals("#")) {
          assertEquals(name, words[0].replaceAll("\\{.*", ""));
          assertTrue(Double.parseDouble(words[1]) >= 0, lines.get(i));
        }
      }
      assertTrue(lines.contains("hone_requests_total{status=\"200\"} 2"), lines::toString);
      assertTrue(lines.contains("hone_requests_total{status=\"400\"} 1"), lines::toString);
      assertTrue(lines.contains("hone_answers_waiting 0.0"), lines::toString);
      long jobs =
          lines.stream()
              .filter(line -> line.startsWith("hone_jobs{"))
              .mapToLong(line -> Long.parseLong(line.split(" ")[1]))
              .sum();
      assertEquals(1, jobs);
    }
  }
}
