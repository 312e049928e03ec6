package dev.hone.ladder.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.ladder.climb.Climb;
import dev.hone.ladder.climb.ClimbListener;
import dev.hone.ladder.climb.ClimbReport;
import dev.hone.ladder.climb.RungReport;
import dev.hone.ladder.climb.RungReport.State;
import dev.hone.ladder.judge.Better;
import dev.hone.ladder.judge.Judge;
import dev.hone.ladder.judge.Label;
import dev.hone.ladder.judge.Pair;
import dev.hone.ladder.judge.ScriptedJudge;
import dev.hone.ladder.metric.Reference;
import dev.hone.ladder.report.JudgeReport.OfRung;
import dev.hone.ladder.rung.Materials;
import dev.hone.ladder.rung.Reply;
import dev.hone.ladder.rung.Rung;
import dev.hone.ladder.rung.Solution;
import dev.hone.ladder.statistics.Differences;
import dev.hone.ladder.task.Item;
import dev.hone.ladder.task.Kind;
import dev.hone.ladder.task.Parts;
import dev.hone.model.UsageException;
import dev.hone.model.text.Conversation;
import dev.hone.model.text.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Row `i` asks "question i", and its own answer is "own i".
class JudgeReportTest {
  private static final ClimbListener SILENT =
      new ClimbListener() {
        @Override
        public void building(String rung, String what, long done, long total) {}

        @Override
        public void asked(String rung, int done, int total) {}

        @Override
        public void note(String text) {}
      };

  @TempDir private Path dir;

  private static Parts parts(int count) {
    var items = new ArrayList<Item>();
    for (int i = 0; i < count; i++) {
      var question = "question " + i;
      var json =
          JsonMapper.shared().writeValueAsString(Map.of("prompt", question, "completion", "own"));
      items.add(
          new Item(
              i,
              new Conversation(List.of(Message.user(question))),
              question,
              new Reference(question, List.of("own " + i)),
              "line " + i,
              json));
    }
    return Parts.of(items, 1);
  }

  /// A rung that answers row by row as it is told.
  private record Told(String name, IntFunction<String> answers) implements Rung {
    @Override
    public String description() {
      return "told";
    }

    @Override
    public Solution build(Materials materials) {
      return new Solution() {
        @Override
        public Reply answer(Item item) {
          return new Reply(answers.apply((int) item.line()), 0, 0, false, 1);
        }

        @Override
        public Map<String, Object> recipe() {
          return Map.of("kind", name);
        }
      };
    }
  }

  private ClimbReport climb(Judge judge, Parts parts, OptionalDouble target, Rung... rungs)
      throws IOException {
    var settings =
        new Climb.Settings(
            Kind.FREE,
            judge,
            List.of(),
            target,
            0.05,
            Set.of(),
            Optional.empty(),
            0,
            1,
            1,
            dir.resolve("report"));
    return Climb.run(List.of(rungs), parts, settings, SILENT);
  }

  private Judge judge(ScriptedJudge model) throws IOException {
    Files.createDirectories(dir.resolve("report"));
    return new Judge("told", model, Optional.empty(), 1, dir.resolve("report/judged.jsonl"));
  }

  /// Likes what it finds good in a text, whichever order it stands in.
  private static String byTaste(String a, String b) {
    int more = Integer.compare(taste(a), taste(b));
    return more > 0 ? "A" : more < 0 ? "B" : "tie";
  }

  private static int taste(String text) {
    return text.startsWith("good") ? 2 : text.startsWith("own") ? 1 : 0;
  }

  private static OfRung rung(JudgeReport report, String name) {
    return report.rungs().stream().filter(r -> r.rung().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void scoresOfAJudgeHaveStudentsInterval() throws IOException {
    var model = new ScriptedJudge((question, a, b) -> byTaste(a, b));
    try (var judge = judge(model)) {
      var half = new Told("half", i -> i % 2 == 0 ? "good " + i : "bad " + i);
      var own = new Told("own", i -> "own " + i);
      var climb = climb(judge, parts(400), OptionalDouble.of(0.9), half, own);
      var rows =
          climb.rung("half").rows().stream().filter(row -> row.part().equals("selection")).toList();
      var scores = rows.stream().mapToDouble(RungReport.Row::score).toArray();
      assertEquals(
          Differences.of(scores).interval(0.05),
          climb.rung("half").selection().orElseThrow().score());
      var report = JudgeReport.of(climb, judge, List.of());
      var judged = rung(report, "half");
      assertEquals(judged.rows(), judged.won() + judged.lost());
      assertEquals(judged.rows(), judged.judged());
      assertEquals(0, judged.flipped());
      assertEquals(1, judged.length(), 0.1);
      assertEquals(0, rung(report, "own").judged());
      assertEquals(rung(report, "own").rows(), rung(report, "own").tied());
      assertEquals(Optional.empty(), report.agreement());
      assertTrue(report.words().startsWith("judge not checked"), report.words());
      assertTrue(report.signals().getFirst().isWarning());
    }
  }

  @Test
  void aRungThatCannotBeJudgedIsNotMeasured() throws IOException {
    for (int every : List.of(20, 100)) {
      var model =
          new ScriptedJudge((question, a, b) ->
              Integer.parseInt(question.substring(9)) % every == 7 ? "well, A" : byTaste(a, b));
      dir = Files.createTempDirectory(dir, "every" + every);
      try (var judge = judge(model)) {
        var good = new Told("good", i -> "good " + i);
        var own = new Told("own", i -> "own " + i);
        var climb = climb(judge, parts(800), OptionalDouble.of(0.6), own, good);
        boolean isMeasured = climb.rung("good").state() == State.MEASURED;
        assertEquals(every == 100, isMeasured, climb.rung("good").why());
        var failed =
            climb.rung("good").rows().stream().filter(row -> !row.error().isEmpty()).toList();
        assertTrue(every == 100 || !failed.isEmpty());
        assertTrue(failed.stream().allMatch(row -> row.score() == 0 && row.line() % every == 7));
        assertTrue(failed.stream().allMatch(row -> row.error().endsWith("it wrote: well, A")));
      }
    }
  }

  @Test
  void aClimbThatNothingJudgesSaysWhy() throws IOException {
    try (var judge = judge(new ScriptedJudge((question, a, b) -> "hm"))) {
      var rung = new Told("good", i -> "good " + i);
      for (var target : List.of(OptionalDouble.empty(), OptionalDouble.of(0.6))) {
        var e = assertThrows(UsageException.class, () -> climb(judge, parts(200), target, rung));
        assertEquals(
            "no rung could be measured: the judge gave no verdict: it wrote: hm", e.getMessage());
      }
    }
  }

  @Test
  void aClimbThatGoesOnAsksTheJudgeNothingTwice() throws IOException {
    var first = new ScriptedJudge((question, a, b) -> byTaste(a, b));
    var rungs =
        new Rung[] {new Told("bad", i -> "bad " + i), new Told("good", i -> "good " + i % 3)};
    String report;
    try (var judge = judge(first)) {
      var climb = climb(judge, parts(300), OptionalDouble.empty(), rungs);
      report = JsonMapper.shared().writeValueAsString(JudgeReport.of(climb, judge, List.of()));
    }
    var file = dir.resolve("report/judged.jsonl");
    var lines = Files.readAllLines(file);
    assertEquals(first.asked.size(), lines.size());
    Files.write(file, lines.subList(0, 50));
    var second = new ScriptedJudge((question, a, b) -> byTaste(a, b));
    try (var judge = judge(second)) {
      var climb = climb(judge, parts(300), OptionalDouble.empty(), rungs);
      assertEquals(
          report, JsonMapper.shared().writeValueAsString(JudgeReport.of(climb, judge, List.of())));
    }
    assertEquals(first.asked.size() - 50, second.asked.size());
  }

  /// People think that three tenths of the answers are better, seven tenths worse; the judge takes
  /// the long ones for better, and thus two thirds of all.
  private static Better people(int row) {
    return row % 10 < 3 ? Better.B : Better.A;
  }

  private static List<Label> labels(RungReport rung, int count) {
    return rung.rows().stream()
        .limit(count)
        .map(row ->
            new Label(
                new Pair(row.question(), row.expected(), row.answer()), people((int) row.line())))
        .toList();
  }

  @Test
  void labelsCorrectWhatTheJudgeLikes() throws IOException {
    var model = new ScriptedJudge((question, a, b) -> a.length() > b.length() ? "A" : "B");
    try (var judge = judge(model)) {
      var rung = new Told("long", i -> i % 3 < 2 ? "a very long answer " + i : "no");
      var climb = climb(judge, parts(1_400), OptionalDouble.of(0.9), rung);
      var raw = climb.rung("long").test().or(() -> climb.rung("long").selection()).orElseThrow();
      assertEquals(2 / 3.0, raw.score().estimate(), 0.06);

      var few = JudgeReport.of(climb, judge, labels(climb.rung("long"), 49));
      assertEquals(Optional.empty(), rung(few, "long").corrected());
      assertTrue(few.words().startsWith("judge not checked: people have labelled 49"));

      var all = JudgeReport.of(climb, judge, labels(climb.rung("long"), 120));
      var corrected = rung(all, "long").corrected().orElseThrow();
      assertTrue(corrected.isOwn() && corrected.labels() == 120);
      assertTrue(corrected.score().low() < 0.3 && 0.3 < corrected.score().high(), "" + corrected);
      assertTrue(corrected.score().high() < raw.score().low());
      assertTrue(all.isChecked() && !all.signals().getFirst().isWarning());
      assertTrue(all.words().contains("Cohen's kappa"), all.words());
      assertTrue(
          all.signals().stream().anyMatch(signal -> signal.evidence().contains("as long as")));
      var json = JsonMapper.shared().valueToTree(all.values());
      assertEquals(120, json.at("/rungs/0/corrected/labels").asInt());
      assertTrue(json.get("kappa").isNumber() && json.at("/rungs/0/flip_rate").isNumber());
    }
  }

  @Test
  void labelsOfOtherAnswersStandInForARungsOwn() throws IOException {
    var model = new ScriptedJudge((question, a, b) -> byTaste(a, b));
    try (var judge = judge(model)) {
      var good = new Told("good", i -> "good " + i);
      var climb = climb(judge, parts(400), OptionalDouble.of(0.9), good);
      var labels = new ArrayList<Label>();
      for (var row : climb.rung("good").rows().subList(0, 60)) {
        // in both orders, and of answers that the rung did not give
        boolean isFirst = row.line() % 2 == 0;
        var pair = new Pair(row.question(), row.expected(), "good otherwise");
        var label = new Label(pair, row.line() % 4 < 2 ? Better.B : Better.TIE);
        labels.add(isFirst ? label : label.swapped());
      }
      labels.add(new Label(new Pair("never asked", "good a", "bad b"), Better.A));
      var report = JudgeReport.of(climb, judge, labels);
      var corrected = rung(report, "good").corrected().orElseThrow();
      assertFalse(corrected.isOwn());
      assertEquals(60, corrected.labels());
      assertEquals(0.75, corrected.score().estimate(), 0.1);
      assertEquals(61, report.agreement().orElseThrow().labels());
    }
  }

  @Test
  void pairsToLabelDoNotShowWhoseTheyAre() throws IOException {
    var model = new ScriptedJudge((question, a, b) -> byTaste(a, b));
    try (var judge = judge(model)) {
      var good = new Told("good", i -> i % 4 == 0 ? "own " + i : "good " + i);
      var climb = climb(judge, parts(1_000), OptionalDouble.of(0.5), good);
      var lines = LabelSheet.of(climb, judge);
      assertFalse(lines.isEmpty());
      assertTrue(lines.size() <= 100);
      var json = lines.stream().map(JsonMapper.shared()::readTree).toList();
      long first =
          json.stream().filter(row -> row.get("answer_a").asString().startsWith("own")).count();
      assertTrue(first > lines.size() / 5 && first < 4 * lines.size() / 5, "" + first);
      for (var row : json) {
        assertEquals("", row.get("better").asString());
        assertFalse(row.get("answer_a").asString().equals(row.get("answer_b").asString()));
      }
      assertEquals(lines, LabelSheet.of(climb, judge));
    }
  }
}
