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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AdviseJudgeTest {
  private static final String KEY = "sk-planted-judge-4711";
  private static final JsonMapper JSON = JsonMapper.shared();

  @TempDir private Path dir;

  private Path rows(int count) throws IOException {
    var rows = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      var prompt = "note %d for customer %d, please".formatted(i, i * 31);
      var answer = "Dear customer %d, yours is on shelf %d.".formatted(i * 31, i * 7 % 90);
      rows.add(JSON.writeValueAsString(Map.of("prompt", prompt, "completion", answer)));
    }
    return Files.write(dir.resolve("rows.jsonl"), rows);
  }

  /// The one of the two answers that stands later in the alphabet.
  private static Said byAlphabet(JsonNode request) {
    var parts = ChatServer.question(request).split("\n=====[^\n]*\n");
    int order = parts[2].compareTo(parts[4]);
    return Said.of("{\"better\": \"%s\"}".formatted(order > 0 ? "A" : "B"));
  }

  private TestShell hone(Object... words) {
    var typed = new ArrayList<String>();
    List.of(words).forEach(word -> typed.add(word.toString()));
    var shell = new TestShell();
    shell.hone(typed.toArray(String[]::new));
    return shell;
  }

  private TestShell advise(Path rows, ChatServer judge, Object... more) throws IOException {
    var key = Files.writeString(dir.resolve("key.txt"), KEY);
    var words = new ArrayList<Object>(List.of("advise", "--data", rows));
    words.addAll(List.of("--out", dir.resolve("report")));
    words.addAll(List.of("--metric", "judge:" + judge.model(), "--judge-key-file", key));
    words.addAll(List.of("--without", "zero-shot,few-shot,nearest-shots,optimised-prompt,tuned"));
    words.addAll(List.of(more));
    return hone(words.toArray());
  }

  private JsonNode report() throws IOException {
    return JSON.readTree(Files.readString(dir.resolve("report/report.json")));
  }

  @Test
  void aJudgeMeasuresAndIsItselfMeasured() throws IOException {
    try (var judge = new ChatServer(AdviseJudgeTest::byAlphabet)) {
      var rows = rows(500);
      var first = advise(rows, judge);
      assertTrue(first.out().contains("nearest-answer"), first.out() + first.err());
      assertTrue(first.out().contains("judge: judge not checked: people have labelled 0"));
      assertTrue(first.out().contains("no verdict"), first.out());
      assertTrue(
          first.err().contains("the judge was asked %,d times".formatted(judge.asked.size())));
      assertEquals("judge:" + judge.model(), report().get("metric").asString());
      var judged = report().at("/judge/rungs/0");
      assertEquals(0, judged.get("flip_rate").asDouble(-1));
      assertTrue(judged.get("won").asInt() > 0 && judged.get("lost").asInt() > 0, "" + judged);
      assertTrue(judge.asked.getFirst().toString().contains("json_schema"));
      assertTrue(judge.keys.stream().allMatch(key -> key.equals("Bearer " + KEY)));
      assertNoKey(first);

      int asked = judge.asked.size();
      var sheet = dir.resolve("report/to-label.jsonl");
      var labels = new ArrayList<String>();
      for (var line : Files.readAllLines(sheet)) {
        var row = JSON.readTree(line);
        int order = row.get("answer_a").asString().compareTo(row.get("answer_b").asString());
        labels.add(
            line.replace("\"better\":\"\"", "\"better\":\"%s\"".formatted(order > 0 ? "A" : "B")));
      }
      assertTrue(labels.size() >= 50, "" + labels.size());
      Files.write(sheet, labels);
      var second = advise(rows, judge, "--judge-labels", sheet);
      assertEquals(asked, judge.asked.size());
      assertEquals(labels, Files.readAllLines(sheet));
      assertTrue(report().at("/judge/is_checked").asBoolean());
      assertEquals(1, report().at("/judge/agreement").asDouble());
      assertEquals(1, report().at("/judge/kappa").asDouble(), 1e-9);
      assertTrue(report().at("/judge/rungs/0/corrected/labels_are_of_this_rung").asBoolean());
      assertTrue(second.out().contains("Cohen's kappa 1.00"), second.out());
      var page = Files.readString(dir.resolve("report/report.html"));
      assertTrue(page.contains("What the judge said") && page.contains("flip_rate"));
      assertNoKey(second);
    }
  }

  private void assertNoKey(TestShell shell) throws IOException {
    assertFalse((shell.out() + shell.err()).contains(KEY));
    try (var files = Files.walk(dir.resolve("report"))) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        var text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        assertFalse(text.contains(KEY), file.toString());
      }
    }
  }

  @Test
  void aJudgeThatWritesNonsenseMeasuresNothing() throws IOException {
    try (var judge = new ChatServer(request -> Said.of("A is better, I think"))) {
      var shell = advise(rows(200), judge);
      assertTrue(
          shell.err().contains("no rung could be measured: the judge gave no verdict: it wrote: A"),
          shell.err());
    }
  }

  @Test
  void aJudgeOfTheSameFamilyIsRefusedUnlessWanted() throws IOException {
    var rows = rows(60);
    var report = dir.resolve("report");
    var words = List.of("advise", "--data", rows, "--out", report, "--metric", "judge:hone");
    assertTrue(hone(words.toArray()).err().contains("of the same family as --base (hone)"));
    assertFalse(Files.exists(report));
    var url = List.of("--base", "http://127.0.0.1:1/v1#org/Qwen3-8B");
    var judged = new ArrayList<Object>(List.of("advise", "--data", rows, "--out", report));
    judged.addAll(url);
    judged.addAll(List.of("--metric", "judge:ollama:qwen2.5:3b"));
    assertTrue(hone(judged.toArray()).err().contains("(qwen)"));

    var taken = new ArrayList<Object>(words);
    taken.addAll(
        List.of(
            "--judge-own-family",
            "--without",
            "zero-shot,few-shot,nearest-shots,optimised-prompt,tuned"));
    var shell = hone(taken.toArray());
    assertTrue(shell.out().contains("nearest-answer"), shell.out() + shell.err());
    assertTrue(Files.size(report.resolve("judged.jsonl")) > 0);
  }

  @Test
  void familiesAreToldFromNames() {
    assertEquals("[llama]", ModelFamily.ofName("Meta-Llama-3.1-8B-Instruct").toString());
    assertEquals("[deepseek, qwen]", ModelFamily.ofName("DeepSeek-R1-Distill-Qwen-7B").toString());
    assertEquals("[mistral]", ModelFamily.ofName("mixtral:8x7b").toString());
    assertEquals("[gemini]", ModelFamily.ofName("gemma3:4b").toString());
    assertEquals("[shopbot]", ModelFamily.ofName("shopbot-2").toString());
    assertEquals("[dolphin]", ModelFamily.ofName("dolphin3").toString());
    assertEquals("[phi]", ModelFamily.ofName("microsoft/phi-4").toString());
  }

  @Test
  void whatSaysHowToJudgeNeedsAJudge() throws IOException {
    var rows = rows(60);
    var report = dir.resolve("report");
    var words = new ArrayList<Object>(List.of("advise", "--data", rows, "--out", report));
    words.addAll(List.of("--judge-repeats", 2));
    assertTrue(hone(words.toArray()).err().contains("add --metric judge:MODEL"));
    words.addAll(List.of("--metric", "judge:"));
    assertTrue(hone(words.toArray()).err().contains("error: "));
    var tune = List.of("tune", "--data", rows, "--base", "hone", "--out", report);
    var judged = new ArrayList<Object>(tune);
    judged.addAll(List.of("--metric", "judge:ollama:m"));
    var err = hone(judged.toArray()).err();
    assertTrue(err.contains("a judge is asked by hone advise alone"), err);
    var labels = Files.writeString(dir.resolve("labels.jsonl"), "{}\n");
    var bad = new ArrayList<Object>(List.of("advise", "--data", rows, "--out", report));
    bad.addAll(List.of("--metric", "judge:ollama:m", "--judge-labels", labels));
    assertTrue(hone(bad.toArray()).err().contains("labels.jsonl, line 1: has no text named"));
    assertFalse(Files.exists(report));
  }
}
