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
import tools.jackson.databind.json.JsonMapper;

class AdviseTest {
  private static final String[] WITHOUT_MODEL = {
    "--without", "zero-shot,constrained,few-shot,nearest-shots,optimised-prompt,tuned"
  };

  @TempDir private Path dir;

  private TestShell hone(int code, Object... words) {
    var typed = new ArrayList<String>();
    List.of(words).forEach(word -> typed.add(word.toString()));
    var shell = new TestShell();
    assertEquals(code, shell.hone(typed.toArray(String[]::new)), shell.out() + shell.err());
    return shell;
  }

  private Path rows(int count) throws IOException {
    var rows = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      var thing = i % 2 == 0 ? "tea" : "pot";
      rows.add(
          "{\"prompt\": \"number %d about a %s, please %d\", \"completion\": \"%s\"}"
              .formatted(i, thing, i * 31, i % 2 == 0 ? "leaf" : "clay"));
    }
    return Files.write(dir.resolve("rows.jsonl"), rows);
  }

  @Test
  void whatNeedsNoModelIsSaidToNeedNone() throws IOException {
    var report = dir.resolve("report");
    var shell =
        hone(0, "advise", "--data", rows(700), "--out", report, WITHOUT_MODEL[0], WITHOUT_MODEL[1]);
    assertTrue(shell.out().startsWith("You need no language model: "), shell.out());
    assertTrue(shell.out().contains("<- enough"), shell.out());
    var json = JsonMapper.shared().readTree(Files.readString(report.resolve("report.json")));
    assertEquals("good_enough", json.get("verdict").get("kind").asString());
    var rung = json.get("verdict").get("rung").asString();
    assertTrue(json.get("command").asString().contains("--rung " + rung));
    var page = Files.readString(report.resolve("report.html"));
    assertTrue(page.contains("You need no language model"));
    assertFalse(page.contains("src=\"http") || page.contains("href=\"http"));

    var answer =
        hone(0, "advise", "answer", "--out", report, "--rung", rung, "number 5 about a pot").out();
    assertEquals("clay\n", answer);
    hone(2, "advise", "answer", "--out", report, "--rung", "nothing", "pot");
  }

  @Test
  void moneyIsShownWhereTrafficIsGiven() throws IOException {
    var report = dir.resolve("money");
    var words = new ArrayList<Object>(List.of("advise", "--data", rows(700), "--out", report));
    words.addAll(List.of(WITHOUT_MODEL));
    assertFalse(hone(0, words.toArray()).out().contains("a month"));
    assertFalse(Files.readString(report.resolve("report.json")).contains("usd"));

    words.addAll(List.of("--host", "own"));
    assertTrue(hone(2, words.toArray()).err().contains("add --requests-per-day N"));

    words.addAll(List.of("--requests-per-day", 5000));
    var out = hone(0, words.toArray()).out();
    assertTrue(out.contains("per 1,000  a month  a training"), out);
    assertTrue(out.contains("at 5,000 requests a day"), out);
    var cost =
        JsonMapper.shared().readTree(Files.readString(report.resolve("report.json"))).get("cost");
    assertEquals(5000, cost.get("requests_per_day").asInt());
    assertEquals("your own machine", cost.get("machine").asString());
    assertEquals(0, cost.get("ways").get(0).get("usd_per_month").asDouble());
    assertTrue(Files.readString(report.resolve("report.html")).contains("usd_per_month"));
  }

  @Test
  void fewRowsAreNotEnough() throws IOException {
    var report = dir.resolve("few");
    var shell =
        hone(4, "advise", "--data", rows(40), "--out", report, WITHOUT_MODEL[0], WITHOUT_MODEL[1]);
    assertTrue(shell.out().startsWith("Not enough data: about "), shell.out());
  }

  /// A report that is made again with other rows trains again.
  @Test
  void anAdapterOfOtherRowsIsNotTaken() throws IOException {
    var report = dir.resolve("tuned");
    assertEquals(42, trainedRows(rows(60), report));
    assertEquals(56, trainedRows(rows(80), report));
    var summary = report.resolve("rungs/tuned/adapter/summary.json");
    var made = Files.getLastModifiedTime(summary);
    assertEquals(56, trainedRows(rows(80), report));
    assertEquals(made, Files.getLastModifiedTime(summary));
  }

  private int trainedRows(Path rows, Path report) throws IOException {
    hone(
        4,
        "advise",
        "--data",
        rows,
        "--out",
        report,
        "--epochs",
        1,
        "--margin",
        "0.01",
        "--without",
        "zero-shot,constrained,few-shot,nearest-shots,optimised-prompt,linear-classifier");
    var json = JsonMapper.shared().readTree(Files.readString(report.resolve("report.json")));
    for (var rung : json.get("rungs")) {
      if (rung.get("name").asString().equals("tuned")) {
        return rung.get("recipe").get("training").get("rows").asInt();
      }
    }
    throw new AssertionError("no tuned rung");
  }

  @Test
  void ranksAreListedWithTheirScores() throws IOException {
    var report = dir.resolve("ranks");
    var args = new ArrayList<>(List.of("advise", "--data", rows(60), "--out", report));
    args.addAll(List.of("--epochs", 1, "--ranks", "2,4", "--margin", "0.01"));
    args.addAll(
        List.of(
            "--without", "zero-shot,few-shot,nearest-shots,optimised-prompt,linear-classifier"));
    hone(4, args.toArray());
    var recipe =
        JsonMapper.shared().readTree(Files.readString(report.resolve("rungs/tuned/recipe.json")));
    assertEquals(2, recipe.get("scores_of_ranks").size());
    var adapter = Path.of(recipe.get("adapter").asString());
    assertTrue(adapter.getFileName().toString().matches("adapter-r[24]"), adapter.toString());
    assertTrue(Files.exists(adapter.resolve("loss.html")));
    assertEquals("exact", recipe.get("training").get("step_chosen_by").asString());
  }

  @Test
  void badInputIsRefusedBeforeAnythingIsMade() throws IOException {
    var out = dir.resolve("none");
    var rows = rows(40);
    assertTrue(hone(2, "advise", "--out", out).err().contains("missing --data"));
    assertTrue(
        hone(2, "advise", "--data", rows, "--out", out, "--margin", "3")
            .err()
            .contains("--margin"));
    assertTrue(
        hone(2, "advise", "--data", rows, "--out", out, "--ranks", "8,0")
            .err()
            .contains("--ranks must be at least 1, got 0"));
    assertTrue(
        hone(2, "advise", "--data", rows, "--out", out, "--metric", "guess")
            .err()
            .contains("--metric guess is none"));
    assertTrue(
        hone(2, "advise", "--data", rows, "--out", out, "--without", "luck")
            .err()
            .contains("there is no such rung"));
    assertTrue(hone(2, "advise", "--data", rows, "--out", dir).err().contains("is no report"));
    assertFalse(Files.exists(out));
  }

  @Test
  void trainingAtAProviderIsRefusedWhereItWouldMeanSomethingElse() throws IOException {
    var out = dir.resolve("elsewhere");
    var words = new ArrayList<Object>(List.of("advise", "--data", rows(40), "--out", out));
    words.add("--tune-hosted");
    assertTrue(hone(2, words.toArray()).err().contains("and --base names none"));
    words.addAll(List.of("--base", "http://127.0.0.1:1/v1#tiny"));
    var ranks = new ArrayList<>(words);
    ranks.addAll(List.of("--ranks", "4,8"));
    assertTrue(hone(2, ranks.toArray()).err().contains("which a provider charges for"));
    var epochs = new ArrayList<>(words);
    epochs.addAll(List.of("--epochs", 51));
    assertTrue(hone(2, epochs.toArray()).err().contains("a provider trains 50 at most"));
    assertFalse(Files.exists(out));
  }

  @Test
  void aBudgetNeedsThePriceOfTuningBeforeAnythingIsAsked() throws IOException {
    var key = Files.writeString(dir.resolve("key"), "sk-none");
    var out = dir.resolve("unpriced");
    var words = new ArrayList<Object>(List.of("advise", "--data", rows(40), "--out", out));
    words.addAll(List.of("--base", "openai:gpt-6-luna", "--key-file", key, "--budget", 5));
    words.add("--tune-hosted");
    assertTrue(hone(2, words.toArray()).err().contains("the price of tuning the model is unknown"));
    assertFalse(Files.exists(out));
  }

  @Test
  void whatWasNeverAtAProviderIsNotDeletedThere() {
    var err = hone(2, "advise", "delete", "--out", dir, "--rung", "tuned").err();
    assertTrue(err.contains("has made nothing at a provider"), err);
  }

  /// The rung is listed with why it was not made, and the others have their verdict.
  @Test
  void aProviderThatTrainsNothingIsSaidToAmongTheRungs() throws IOException {
    var out = dir.resolve("ollama");
    var words = new ArrayList<Object>(List.of("advise", "--data", rows(60), "--out", out));
    words.addAll(List.of("--base", "ollama:tiny", "--tune-hosted", "--margin", "0.01"));
    words.addAll(
        List.of(
            "--without",
            "zero-shot,few-shot,nearest-shots,optimised-prompt,linear-classifier,constrained"));
    hone(4, words.toArray());
    var json = JsonMapper.shared().readTree(Files.readString(out.resolve("report.json")));
    var tuned = json.get("rungs").get(1);
    assertEquals("tuned", tuned.get("name").asString());
    assertEquals("failed", tuned.get("state").asString());
    assertEquals(
        "ollama does not offer OpenAI's API of fine-tuning jobs", tuned.get("why").asString());
  }
}
