package dev.hone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.cli.ChatServer.Said;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class DataFromModelTest {
  private static final String KEY = "sk-planted-distil-4711";
  private static final JsonMapper JSON = JsonMapper.shared();

  @TempDir private Path dir;

  private Path asked(int count) throws IOException {
    var rows = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      rows.add(JSON.writeValueAsString(Map.of("prompt", "ask " + i, "completion", "say " + i)));
    }
    return Files.write(dir.resolve("asked.jsonl"), rows);
  }

  private TestShell hone(int code, Object... words) {
    var typed = new ArrayList<String>(List.of("data", "from-model"));
    List.of(words).forEach(word -> typed.add(word.toString()));
    var shell = new TestShell();
    assertEquals(code, shell.hone(typed.toArray(String[]::new)), shell.out() + shell.err());
    return shell;
  }

  /// Right but for each fifth; each seventh is cut.
  private static Said mostly(String question) {
    int number = Integer.parseInt(question.substring(4));
    return new Said(200, number % 5 == 0 ? "what?" : "say " + number, number % 7 == 0);
  }

  @Test
  void acceptedAnswersOfAHostedModelBecomeRows() throws IOException {
    var key = Files.writeString(dir.resolve("key.txt"), KEY);
    var out = dir.resolve("rows.jsonl");
    try (var server = new ChatServer(body -> mostly(ChatServer.question(body)))) {
      var asked = asked(35);
      Object[] words = {
        "--base",
        server.model(),
        "--key-file",
        key,
        "--data",
        asked,
        "--out",
        out,
        "--metric",
        "exact",
        "--budget",
        "1"
      };
      var shell = hone(0, words);
      Predicate<String> hasRow = text -> shell.out().lines().anyMatch(line -> line.matches(text));
      assertTrue(hasRow.test("rows +24"), shell.out());
      assertTrue(hasRow.test("refused: cut by the token limit +5"), shell.out());
      assertTrue(hasRow.test("refused: exact below 1.0 +6"), shell.out());
      assertTrue(hasRow.test("tokens read +350"), shell.out());
      assertTrue(hasRow.test("cost so far +\\$0"), shell.out());
      assertEquals(35, server.asked.size());
      assertTrue(server.keys.stream().allMatch(key1 -> key1.equals("Bearer " + KEY)));
      assertEquals(24, Files.readAllLines(out).size());
      for (var line : Files.readAllLines(out)) {
        var row = JSON.readTree(line);
        assertEquals(server.model(), row.at("/metadata/model").asString());
        assertTrue(row.at("/metadata/date").asString().matches("20\\d\\d-\\d\\d-\\d\\d"));
      }
      try (var files = Files.list(dir)) {
        for (var file : files.filter(file -> !file.equals(key)).toList()) {
          var text = Files.readString(file, StandardCharsets.UTF_8);
          assertFalse(text.contains(KEY), file.toString());
        }
      }
      assertFalse((shell.out() + shell.err()).contains(KEY));

      var before = Files.readString(out);
      hone(0, words);
      assertEquals(35, server.asked.size());
      assertEquals(before, Files.readString(out));
    }
  }

  @Test
  void aRefusedKeyEndsItAndWhatWasAnsweredRemains() throws IOException {
    var out = dir.resolve("rows.jsonl");
    var asked = asked(40);
    Predicate<String> isLate = question -> question.endsWith("9");
    try (var server =
        new ChatServer(body ->
            isLate.test(ChatServer.question(body))
                ? new Said(401, "no such key", false)
                : mostly(ChatServer.question(body)))) {
      var shell =
          hone(2, "--base", server.model(), "--data", asked, "--out", out, "--concurrency", 1);
      assertTrue(shell.err().contains("the key is refused (401): no such key"), shell.err());
      assertEquals(7, Files.readAllLines(out).size());
      int before = server.asked.size();
      assertEquals(10, before);
      hone(2, "--base", server.model(), "--data", asked, "--out", out, "--concurrency", 1);
      assertEquals(before + 1, server.asked.size());
    }
  }

  @Test
  void aSchemaIsAskedForAndChecked() throws IOException {
    var schema =
        Files.writeString(
            dir.resolve("schema.json"),
            "{\"type\": \"object\", \"properties\": {\"n\": {\"type\": \"integer\"}}, \"required\":"
                + " [\"n\"], \"additionalProperties\": false}");
    try (var server =
        new ChatServer(body ->
            Said.of(ChatServer.question(body).endsWith("1") ? "{\"n\": 1}" : "{\"n\": \"1\"}"))) {
      var shell =
          hone(
              0,
              "--base",
              server.model(),
              "--data",
              asked(4),
              "--out",
              dir.resolve("rows.jsonl"),
              "--schema",
              schema,
              "--samples",
              2,
              "--json");
      var json = JSON.readTree(shell.out());
      assertEquals(1, json.get("accepted").asInt());
      assertEquals(6, json.at("/refused/not of the schema").asInt());
      assertTrue(server.asked.getFirst().toString().contains("json_schema"));
    }
  }

  @Test
  void aModelOnThisMachineAnswersToo() throws IOException {
    var out = dir.resolve("rows.jsonl");
    var shell = hone(0, "--base", "hone", "--data", asked(2), "--out", out, "--max-tokens", 60);
    assertTrue(shell.out().contains("questions"), shell.out());
    for (var line : Files.readAllLines(out)) {
      assertEquals("hone", JSON.readTree(line).at("/metadata/model").asString());
    }
    assertFalse(shell.err().contains("terms"), shell.err());
  }

  @Test
  void badInputIsRefusedBeforeAnythingIsAsked() throws IOException {
    var asked = asked(3);
    var out = dir.resolve("rows.jsonl");
    try (var server = new ChatServer(body -> Said.of("say"))) {
      var base = server.model();
      Object[][] wrong = {
        {"--base", base, "--data", asked, "--out", asked},
        {"--base", base, "--data", asked, "--out", dir.resolve("rows.txt")},
        {"--base", base, "--data", asked, "--out", dir.resolve("none/rows.jsonl")},
        {"--base", base, "--data", asked, "--out", out, "--at-least", "0.5"},
        {"--base", base, "--data", asked, "--out", out, "--metric", "exact", "--at-least", "2"},
        {"--base", base, "--data", asked, "--out", out, "--metric", "guess"},
        {"--base", base, "--data", asked, "--out", out, "--metric", "judge:ollama:m"},
        {"--base", base, "--data", asked, "--out", out, "--keep-all"},
        {"--base", base, "--data", asked, "--out", out, "--samples", "0"},
        {"--base", "hone", "--data", asked, "--out", out, "--budget", "1"},
        {"--base", "openai:gpt-unknown", "--data", asked, "--out", out, "--budget", "1"},
      };
      for (var words : wrong) {
        var err = hone(2, words).err();
        assertTrue(err.startsWith("error: ") && err.contains("hint: "), err);
      }
      assertEquals(List.of(), server.asked);
      assertFalse(Files.exists(out));
    }
  }
}
