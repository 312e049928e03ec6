package dev.hone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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

class NeedsTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String CALL = "{\"name\": \"find\", \"arguments\": {\"what\": \"%s\"}}";

  @TempDir private Path dir;

  /// @param hasTools whether rows offer a tool and ask for its call
  private Path rows(boolean hasTools) throws IOException {
    var rows = new ArrayList<String>();
    for (int i = 0; i < 60; i++) {
      var prompt = "where is parcel %d, please".formatted(i);
      var row =
          hasTools
              ? call(prompt, "parcel " + i)
              : Map.of("prompt", prompt, "completion", "On shelf %d.".formatted(i * 7 % 50));
      rows.add(JSON.writeValueAsString(row));
    }
    return Files.write(dir.resolve("rows.jsonl"), rows);
  }

  private static Map<String, Object> call(String prompt, String what) {
    var parameters =
        Map.of("type", "object", "properties", Map.of("what", Map.of("type", "string")));
    var tool =
        Map.of(
            "type",
            "function",
            "function",
            Map.of("name", "find", "description", "Finds.", "parameters", parameters));
    var arguments = JSON.writeValueAsString(Map.of("what", what));
    var called =
        Map.of(
            "id",
            "c",
            "type",
            "function",
            "function",
            Map.of("name", "find", "arguments", arguments));
    return Map.of(
        "tools",
        List.of(tool),
        "messages",
        List.of(
            Map.of("role", "user", "content", prompt),
            Map.of("role", "assistant", "content", "", "tool_calls", List.of(called))));
  }

  private TestShell hone(Object... words) {
    var typed = new ArrayList<String>();
    List.of(words).forEach(word -> typed.add(word.toString()));
    var shell = new TestShell();
    shell.hone(typed.toArray(String[]::new));
    return shell;
  }

  private TestShell advise(Path rows, ChatServer server, Object... more) {
    var words = new ArrayList<Object>(List.of("advise", "--data", rows, "--base", server.model()));
    words.addAll(List.of("--out", dir.resolve("report"), "--needs", "tools"));
    words.addAll(List.of("--without", "few-shot,nearest-shots,optimised-prompt"));
    words.addAll(List.of(more));
    return hone(words.toArray());
  }

  private List<JsonNode> signals() throws IOException {
    return JSON.readTree(Files.readString(dir.resolve("report/report.json")))
        .get("signals")
        .valueStream()
        .filter(signal -> signal.get("name").asString().equals("tools"))
        .toList();
  }

  @Test
  void whatCallsNoToolsIsLeftOutAndACallThatWasSeenIsKnown() throws IOException {
    try (var server = new ChatServer(request -> Said.of(CALL.formatted("parcel 1")))) {
      var shell = advise(rows(true), server);
      assertFalse(shell.out().contains("nearest-answer"), shell.out() + shell.err());
      assertTrue(shell.out().contains("zero-shot"), shell.out());
      var signals = signals();
      assertEquals(
          "left out: nearest-answer cannot be given tools to call",
          signals.get(0).get("evidence").asString());
      assertTrue(signals.get(1).get("evidence").asString().contains("called a tool in"));
      assertFalse(signals.get(1).get("isWarning").asBoolean());
    }
  }

  @Test
  void whatNobodyHasSaidOrSeenIsUnknown() throws IOException {
    try (var server = new ChatServer(request -> Said.of("On shelf 7."))) {
      var out = advise(rows(false), server).out();
      assertTrue(out.contains("tools: whether " + server.model() + " calls tools is unknown"), out);
    }
  }

  @Test
  void aModelThatIsSaidToCallNoneIsRefusedBeforeItIsAsked() throws IOException {
    var mine =
        Files.writeString(
            dir.resolve("mine.yaml"),
            """
            prices:
              - {provider: openai, item: gpt-6-luna, kind: model, usd: {input: 1, output: 2}, date: 2026-11-20, source: us, tools: false}
            """);
    var key = Files.writeString(dir.resolve("key"), "sk-none");
    var report = dir.resolve("none");
    var shell =
        hone(
            "advise",
            "--data",
            rows(false),
            "--base",
            "openai:gpt-6-luna",
            "--key-file",
            key,
            "--prices",
            mine,
            "--out",
            report,
            "--needs",
            "tools");
    var refusal = "--needs tools: openai/gpt-6-luna calls no tools: us, 2026-11-20";
    assertTrue(shell.err().contains(refusal), shell.err());
    var cost = List.<Object>of("cost", "--base", "hone", "--data", rows(false), "--no-probe");
    var mineToo = new ArrayList<>(cost);
    mineToo.addAll(List.of("--needs", "tools", "--prices", mine));
    assertTrue(hone(mineToo.toArray()).err().contains(refusal));
    var own = new ArrayList<>(cost);
    own.addAll(List.of("--needs", "tools"));
    var out = hone(own.toArray()).out();
    assertTrue(out.contains("whether openai/gpt-6-luna calls tools is unknown"), out);
    assertFalse(out.contains("no-model"), out);
  }

  @Test
  void whatHoneDoesNotKnowIsRefused() throws IOException {
    var words = new ArrayList<Object>(List.of("advise", "--data", rows(false)));
    words.addAll(List.of("--out", dir.resolve("none"), "--needs"));
    var vision = new ArrayList<>(words);
    vision.add("vision");
    assertTrue(hone(vision.toArray()).err().contains("--needs vision is none that Hone knows"));
    words.add("tools,citations");
    assertTrue(hone(words.toArray()).err().contains("nothing can be cited without documents"));
    assertFalse(Files.exists(dir.resolve("none")));
  }
}
