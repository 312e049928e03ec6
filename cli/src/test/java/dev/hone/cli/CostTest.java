package dev.hone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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

class CostTest {
  @TempDir private Path dir;

  private TestShell hone(int code, Object... words) {
    var typed = new ArrayList<String>();
    List.of(words).forEach(word -> typed.add(word.toString()));
    var shell = new TestShell();
    assertEquals(code, shell.hone(typed.toArray(String[]::new)), shell.out() + shell.err());
    return shell;
  }

  private JsonNode json(Object... words) {
    return JsonMapper.shared().readTree(hone(0, words).out());
  }

  /// Questions of some length, so that four of them are worth caching.
  private Path rows() throws IOException {
    var rows = new ArrayList<String>();
    for (int i = 0; i < 60; i++) {
      var text =
          "the kettle number %d leaks and the pot of %d is cold; ".formatted(i, i).repeat(20);
      rows.add(
          "{\"prompt\": \"%s\", \"completion\": \"%s\"}"
              .formatted(text.strip(), i % 2 == 0 ? "kettle" : "pot"));
    }
    return Files.write(dir.resolve("rows.jsonl"), rows);
  }

  private static JsonNode way(JsonNode cost, String rung, String where) {
    for (var way : cost.get("ways")) {
      if (way.get("rung").asString().equals(rung)
          && way.get("where").asString().startsWith(where)) {
        return way;
      }
    }
    throw new AssertionError("no " + rung + " at " + where);
  }

  private static String inputs(JsonNode way, String term) {
    for (var one : way.get("terms")) {
      if (one.get("name").asString().equals(term)) {
        return one.get("inputs").asString();
      }
    }
    throw new AssertionError("no term " + term + " in " + way);
  }

  @Test
  void eachTermStandsThereWithItsInputs() throws IOException {
    var lines =
        hone(
                0,
                "cost",
                "--base",
                "hone",
                "--data",
                rows(),
                "--requests-per-day",
                5000,
                "--no-probe")
            .out();
    for (var part :
        List.of(
            "5,000 requests a day",
            "no-model, your application",
            "nearest-shots, openai/gpt-6-luna",
            "than few-shot, openai/gpt-6-luna:",
            "requests a day",
            "labelling",
            "60 rows × 1 min = 1.0 h × unknown",
            "how fast aws/",
            "2026-09-23, https://developers.openai.com/api/docs/models/gpt-6-luna")) {
      assertTrue(lines.contains(part), part + " is not in\n" + lines);
    }
  }

  @Test
  void theSameExamplesAreCachedAsTrafficAllowsAndNearestOnesAreNot() throws IOException {
    var cost =
        json(
            "cost",
            "--base",
            "hone",
            "--data",
            rows(),
            "--requests-per-day",
            5000,
            "--no-probe",
            "--json",
            "--hosted",
            "claude-sonnet-5.5",
            "--trainings-per-month",
            "4");
    var few = way(cost, "few-shot", "anthropic/");
    assertTrue(few.get("prefix_tokens").asDouble() >= 1024, few.toString());
    assertTrue(inputs(few, "prefix").contains("100 % × $0.1 per 1M cached"), few.toString());
    var nearest = way(cost, "nearest-shots", "anthropic/");
    assertTrue(inputs(nearest, "prefix").contains("not cached"), nearest.toString());
    assertTrue(
        nearest.get("usd_per_thousand").asDouble() > 3 * few.get("usd_per_thousand").asDouble());
    var tuned = way(cost, "tuned", "aws-bedrock/");
    double fixed = 1.95 + 4 * tuned.get("usd_once").asDouble();
    double request = tuned.get("usd_per_request").asDouble();
    assertEquals(fixed + request * 5000 * 730 / 24, tuned.get("usd_per_month").asDouble(), 1e-9);
    assertEquals("unknown", way(cost, "tuned", "aws/").get("usd_once").asString());
    assertEquals(6, cost.get("break_even").size());
  }

  /// A machine of the user's, timed here.
  @Test
  void trafficTakesMachines() throws IOException {
    var cost =
        json(
            "cost",
            "--base",
            "hone",
            "--data",
            rows(),
            "--requests-per-day",
            10_000_000,
            "--json",
            "--host",
            "own",
            "--machine-price",
            "0.36");
    var tuned = way(cost, "tuned", "your own machine");
    assertTrue(tuned.get("usd_once").asDouble() > 0);
    int replicas = tuned.get("replicas").asInt();
    assertTrue(replicas > 1, tuned.toString());
    assertTrue(tuned.get("utilisation").asDouble() <= 0.7);
    assertEquals(replicas * 730 * 0.36, tuned.get("usd_per_month").asDouble(), 1e-6);
    var said =
        json(
            "cost",
            "--base",
            "hone",
            "--data",
            rows(),
            "--requests-per-day",
            1_000_000,
            "--json",
            "--no-probe",
            "--host",
            "H100 SXM community",
            "--machine-rate",
            "10");
    assertEquals(2, way(said, "tuned", "runpod/").get("replicas").asInt());
    assertTrue(way(said, "tuned", "runpod/").get("usd_once").asDouble() > 0, "by its peak rate");
  }

  @Test
  void whatEndsIsSaid() throws IOException {
    var lines =
        hone(
                0,
                "cost",
                "--base",
                "hone",
                "--data",
                rows(),
                "--no-probe",
                "--tuned",
                "gpt-4o-mini tuned")
            .out();
    assertTrue(
        lines.contains("openai/gpt-4o-mini tuned: shut down, with what was tuned from it"), lines);
  }

  @Test
  void thePriceBookIsListed() {
    var lines = hone(0, "cost", "prices", "H100", "community").out().lines().toList();
    assertEquals(3, lines.size());
    assertTrue(
        lines.getFirst().startsWith("runpod/H100 SXM community cloud: $2.69 per hour; 2026-11-09"));
  }

  @Test
  void badInputIsRefused() throws IOException {
    var rows = rows();
    var prices = Files.writeString(dir.resolve("mine.yaml"), "prices:\n  - {item: x}\n");
    assertTrue(hone(2, "cost", "--data", rows).err().contains("missing --base"));
    assertTrue(
        hone(2, "cost", "--base", "hone", "--data", rows, "--prices", prices)
            .err()
            .contains("mine.yaml, line 2: prices[0]: provider is missing"));
    assertTrue(
        hone(2, "cost", "--base", "hone", "--data", rows, "--host", "abacus")
            .err()
            .contains("the price book has no 'abacus'"));
    assertTrue(
        hone(2, "cost", "--base", "hone", "--data", rows, "--requests-per-day", 0)
            .err()
            .contains("--requests-per-day must be above 0"));
    var both =
        hone(
            2,
            "cost",
            "--base",
            "hone",
            "--data",
            rows,
            "--host",
            "c7i.xlarge",
            "--machine-price",
            1);
    assertTrue(both.err().contains("--machine-price is of your own machine"));
    assertFalse(both.out().contains("$"));
  }
}
