package dev.hone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `hone tune --metric`, on the tiny base that PEFT's golden files came with.
class TuneMetricTest {
  private static final String BASE = "../model/src/test/resources/golden/peft/base";

  @TempDir private Path dir;

  private Path rows() throws IOException {
    var rows = new ArrayList<String>();
    for (int i = 0; i < 80; i++) {
      rows.add(
          "{\"prompt\": \"the %s %d\", \"completion\": \"%s\"}"
              .formatted(i % 2 == 0 ? "cat" : "rat", i, i % 2 == 0 ? "sat" : "ran"));
    }
    return Files.write(dir.resolve("rows.jsonl"), rows);
  }

  private TestShell tune(int code, Path data, String out, String... more) {
    var words =
        new ArrayList<>(
            List.of("tune", "--base", BASE, "--data", data.toString(), "--threads", "2"));
    words.addAll(List.of("--out", dir.resolve(out).toString(), "--lr", "0.01"));
    words.addAll(List.of(more));
    var shell = new TestShell();
    assertEquals(code, shell.hone(words.toArray(String[]::new)), shell.err());
    return shell;
  }

  private JsonNode summary(String out) throws IOException {
    return JsonMapper.shared().readTree(Files.readString(dir.resolve(out).resolve("summary.json")));
  }

  @Test
  void autoTakesWhatSuitsTheTask() throws IOException {
    var shell = tune(0, rows(), "auto", "--metric", "auto", "--metric-rows", "6");
    assertEquals("exact", summary("auto").get("metric").asString());
    assertEquals(6, summary("auto").get("settings").get("metric-rows").asInt());
    assertTrue(shell.err().contains("6 at each evaluation"), shell.err());
    assertTrue(shell.out().contains("held-out answers, exact"), shell.out());
    assertTrue(Files.readString(dir.resolve("auto/loss.html")).contains("\"metric\":\"exact\""));
  }

  @Test
  void macroF1KnowsTheLabels() throws IOException {
    tune(0, rows(), "run", "--metric", "macro-f1", "--epochs", "1");
    assertEquals("macro-f1", summary("run").get("metric").asString());
  }

  @Test
  void aProgramMayMeasure() throws IOException {
    var command = "command:while read row; do echo 0.25; done";
    tune(0, rows(), "run", "--metric", command, "--epochs", "1");
    assertEquals(command, summary("run").get("metric").asString());
    assertEquals(0.25, summary("run").get("metric_after").asDouble());
  }

  @Test
  void aMetricOfObjectsNeedsObjects() throws IOException {
    var shell = tune(2, rows(), "run", "--metric", "slot-f1");
    assertTrue(shell.err().contains("error: --metric slot-f1: the expected answer '"), shell.err());
  }
}
