package dev.hone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.cli.ChatServer.Said;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `hone advise` with a server on loopback as the provider.
class AdviseHostedTest {
  private static final JsonMapper JSON = JsonMapper.shared();

  @TempDir private Path dir;

  private Path rows() throws IOException {
    var rows = new ArrayList<String>();
    for (int i = 0; i < 120; i++) {
      var prompt = "note %d for customer %d, please".formatted(i, i * 31);
      var answer = "Dear customer %d, yours is on shelf %d.".formatted(i * 31, i * 7 % 90);
      rows.add(JSON.writeValueAsString(Map.of("prompt", prompt, "completion", answer)));
    }
    return Files.write(dir.resolve("rows.jsonl"), rows);
  }

  /// Different answers to different questions, and fewer right than wrong.
  private static Said answer(JsonNode request) {
    var question = ChatServer.question(request);
    if (question.contains("Which answer is better?")) {
      return Said.of("{\"better\": \"tie\"}");
    }
    var number = question.replaceAll("\\D+", " ").strip();
    return Said.of("Dear customer %s, yours is on its way.".formatted(number));
  }

  private TestShell advise(String name, ChatServer server, Object... more) throws IOException {
    var words =
        new ArrayList<Object>(List.of("advise", "--data", rows(), "--base", server.model()));
    words.addAll(
        List.of("--out", dir.resolve(name), "--without", "nearest-answer,optimised-prompt"));
    words.addAll(List.of(more));
    var shell = new TestShell();
    shell.hone(words.stream().map(Object::toString).toArray(String[]::new));
    return shell;
  }

  private String report(String name) throws IOException {
    return Files.readString(dir.resolve(name + "/report.json"));
  }

  private String withoutTimes(String name) throws IOException {
    return report(name)
        .replaceAll("\"(latency_ms_p\\d+|build_seconds|seconds)\" : [0-9.E-]+", "")
        .replace(dir.resolve(name).toString(), "");
  }

  @Test
  void questionsAtOnceMakeTheSameReport() throws IOException {
    try (var server = new ChatServer(AdviseHostedTest::answer)) {
      for (int width : List.of(1, 4)) {
        var shell = advise("w" + width, server, "--concurrency", width);
        assertTrue(shell.out().contains("zero-shot"), shell.out() + shell.err());
      }
    }
    assertEquals(withoutTimes("w1"), withoutTimes("w4"));
  }

  private Path prices() throws IOException {
    return Files.writeString(
        dir.resolve("mine.yaml"),
        """
        prices:
          - {provider: url, item: gpt-test, kind: model, usd: {input: 1000, output: 1000}, date: 2026-11-20, source: us}
        events:
          - {provider: url, items: [gpt-test], what: shut down, date: 2027-01-14, source: the letter}
        """);
  }

  @Test
  void aModelsEndIsSaidOnce() throws IOException {
    try (var server = new ChatServer(AdviseHostedTest::answer)) {
      var plain = advise("plain", server, "--prices", prices()).out();
      var priced = advise("priced", server, "--prices", prices(), "--requests-per-day", 100).out();
      for (var out : List.of(plain, priced)) {
        assertEquals(2, out.split("shut down on 2027-01-14", -1).length, out);
      }
      assertEquals(2, report("priced").split("shut down on 2027-01-14", -1).length);
    }
  }

  /// Nobody charges for a server on this machine.
  @Test
  void whatAJudgeOfAnEarlierRunHasCostIsSaid() throws IOException {
    try (var server = new ChatServer(AdviseHostedTest::answer)) {
      var judged =
          advise(
              "spent",
              server,
              "--prices",
              prices(),
              "--metric",
              "judge:" + server.model(),
              "--judge-own-family");
      assertTrue(judged.err().contains("the judge was asked"), judged.err());
      var later = advise("spent", server, "--prices", prices());
      assertTrue(later.err().contains("the judge was asked"), later.err());
      var words = "hosted models were asked %,d times, for $0".formatted(server.asked.size());
      assertTrue(report("spent").contains(words), words);
    }
  }
}
