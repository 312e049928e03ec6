package dev.hone.ladder.climb;

import static dev.hone.ladder.climb.TeaAndPots.SILENT;
import static dev.hone.ladder.climb.TeaAndPots.item;
import static dev.hone.ladder.climb.TeaAndPots.items;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.ladder.climb.RungReport.State;
import dev.hone.ladder.climb.Verdict.GoodEnough;
import dev.hone.ladder.metric.ExactMatch;
import dev.hone.ladder.report.Advice;
import dev.hone.ladder.report.ReportJson;
import dev.hone.ladder.rung.ChatModel;
import dev.hone.ladder.rung.Decoding;
import dev.hone.ladder.rung.FewShot;
import dev.hone.ladder.rung.LinearClassifier;
import dev.hone.ladder.rung.Materials;
import dev.hone.ladder.rung.NearestAnswer;
import dev.hone.ladder.rung.NearestShots;
import dev.hone.ladder.rung.OptimisedPrompt;
import dev.hone.ladder.rung.Prompted;
import dev.hone.ladder.rung.Reply;
import dev.hone.ladder.rung.Rung;
import dev.hone.ladder.rung.Solution;
import dev.hone.ladder.task.Item;
import dev.hone.ladder.task.Kind;
import dev.hone.ladder.task.Parts;
import dev.hone.model.text.Conversation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class ClimbTest {
  @TempDir private Path dir;

  private ClimbReport climb(List<Rung> rungs, Parts parts, String name, OptionalDouble target)
      throws IOException {
    return Climb.run(rungs, parts, TeaAndPots.settings(target, dir.resolve(name)), SILENT);
  }

  @Test
  void aRungThatNoneCanBeatEndsTheClimb() throws IOException {
    var model = new TeaAndPots.Scripted();
    var parts = Parts.of(items(800), 1);
    var climb =
        climb(
            List.of(new LinearClassifier(), Prompted.zeroShot(model)),
            parts,
            "a",
            OptionalDouble.empty());
    var good = assertInstanceOf(GoodEnough.class, climb.verdict());
    assertEquals("linear-classifier", good.rung());
    assertEquals(State.NOT_NEEDED, climb.rung("zero-shot").state());
    assertTrue(model.asked.isEmpty());
    assertTrue(new Advice(climb).verdict().startsWith("You need no language model"));
  }

  @Test
  void anInterruptedClimbAsksForNothingTwice() throws IOException {
    var parts = Parts.of(items(300), 1);
    var first = new TeaAndPots.Scripted();
    var climb = climb(List.of(Prompted.zeroShot(first)), parts, "b", OptionalDouble.of(0.9));
    assertEquals(first.asked.size(), climb.fresh());
    var log = dir.resolve("b/calls.jsonl");
    var lines = Files.readAllLines(log);
    Files.writeString(log, String.join("\n", lines.subList(0, 30)) + "\n{\"key\": \"torn");
    var second = new TeaAndPots.Scripted();
    var again = climb(List.of(Prompted.zeroShot(second)), parts, "b", OptionalDouble.of(0.9));
    assertEquals(first.asked.size() - 30, second.asked.size());
    assertEquals(withoutTimes(climb), withoutTimes(again));
    var third = new TeaAndPots.Scripted();
    climb(List.of(Prompted.zeroShot(third)), parts, "b", OptionalDouble.of(0.9));
    assertEquals(List.of(), third.asked);
  }

  private static Map<String, Object> withoutTimes(ClimbReport climb) {
    var json = new LinkedHashMap<>(new ReportJson(climb).values());
    json.keySet().removeAll(Set.of("seconds", "answers_now"));
    var rungs = JsonMapper.shared().valueToTree(json.remove("rungs")).toString();
    json.put("rungs", rungs.replaceAll("\"(latency_ms_p\\d+|build_seconds)\":[0-9.E-]+", ""));
    return json;
  }

  /// Held-out answers are in no prompt, no training file and no answer of a rung without a model.
  @Test
  void whatIsHeldOutIsNeverSeen() throws IOException {
    var canary = "xylophone-canary";
    var train = items(200);
    var heldOut = new ArrayList<Item>();
    for (int i = 0; i < 80; i++) {
      heldOut.add(item(1_000 + i, "held out question " + i * 7 + " " + i, canary + i % 3));
    }
    var model = new TeaAndPots.Scripted();
    var seen = new ArrayList<String>();
    List<Rung> rungs =
        List.of(
            new NearestAnswer(),
            new LinearClassifier(),
            Prompted.zeroShot(model),
            new FewShot(model, 4, 3),
            new NearestShots(model, 3),
            new OptimisedPrompt(model, Optional.of("Leaf or clay?"), 3, 300));
    var climb = climb(rungs, Parts.of(train, heldOut, 1), "c", OptionalDouble.empty());
    model.asked.forEach(c -> c.messages().forEach(message -> seen.add(message.content())));
    climb.rungs().forEach(rung -> rung.rows().forEach(row -> seen.add(row.answer())));
    climb.rungs().forEach(rung -> seen.add(rung.recipe().toString()));
    seen.add(Files.readString(dir.resolve("c/train.jsonl")));
    assertTrue(seen.size() > 100);
    assertFalse(seen.stream().anyMatch(text -> text.contains(canary)));
  }

  @Test
  void rowsThatNearlyRepeatAHeldOutOneAreNotLearnedFrom() {
    var train = items(50);
    var copy = item(99, train.get(7).question().toUpperCase() + "!", "leaf");
    var parts = Parts.of(train, List.of(copy, item(98, "something else", "clay")), 1);
    assertEquals(List.of(new Parts.Leak(7, 99)), parts.leaks());
    assertEquals(49, parts.train().size());
  }

  @Test
  void groupsAreNeverDivided() {
    var items = new ArrayList<Item>();
    for (var one : items(200)) {
      var group = "ticket " + one.line() / 4;
      items.add(
          new Item(one.line(), one.asked(), one.question(), one.reference(), group, one.json()));
    }
    var parts = Parts.of(items, 3);
    var groups = new ArrayList<Set<String>>();
    for (var part : List.of(parts.train(), parts.selection(), parts.test())) {
      groups.add(Set.copyOf(part.stream().map(Item::group).toList()));
    }
    for (int i = 0; i < 3; i++) {
      var others = groups.get((i + 1) % 3);
      assertTrue(groups.get(i).stream().noneMatch(others::contains));
    }
    assertEquals(200, parts.train().size() + parts.selection().size() + parts.test().size());
  }

  @Test
  void whatFailsCountsAsWrongAndIsListed() throws IOException {
    Rung failing =
        new Rung() {
          @Override
          public String name() {
            return "failing";
          }

          @Override
          public String description() {
            return "fails now and then";
          }

          @Override
          public Solution build(Materials materials) {
            return new Solution() {
              @Override
              public Reply answer(Item item) throws IOException {
                if (item.line() % 10 == 0) {
                  throw new IOException("no answer in time");
                }
                return new Reply(item.question().contains("tea") ? "leaf" : "clay", 0, 0, false, 1);
              }

              @Override
              public Map<String, Object> recipe() {
                return Map.of("kind", "failing");
              }
            };
          }
        };
    for (double target : new double[] {0.999, 0.6}) {
      var climb =
          climb(
              List.of(failing, Prompted.zeroShot(new TeaAndPots.Scripted())),
              Parts.of(items(400), 1),
              "d" + target,
              OptionalDouble.of(target));
      var rung = climb.rung("failing");
      assertEquals(State.NOT_MEASURED, rung.state());
      var failed = rung.rows().stream().filter(row -> !row.error().isEmpty()).toList();
      assertFalse(failed.isEmpty());
      assertTrue(failed.stream().allMatch(row -> row.score() == 0 && row.line() % 10 == 0));
    }
  }

  @Test
  void aSearchStaysWithinItsBudget() throws IOException {
    var model = new TeaAndPots.Scripted();
    var parts = Parts.of(items(300), 1);
    var materials =
        new Materials(
            Kind.CLASSIFICATION,
            parts.train(),
            parts.selection(),
            new ExactMatch(),
            dir,
            1,
            (what, done, total) -> {});
    var solution = new OptimisedPrompt(model, Optional.empty(), 3, 120).build(materials);
    assertTrue(model.asked.size() <= 120, "asked " + model.asked.size());
    assertEquals(model.asked.size(), solution.recipe().get("answers_asked_in_search"));
  }

  /// Right only where the instruction says what to do; asked for a better one, it writes that.
  private static final class Obedient implements ChatModel {
    private int calls;

    @Override
    public Reply reply(Conversation conversation, Decoding how) {
      calls++;
      var first = conversation.messages().getFirst();
      var question = conversation.messages().getLast().content();
      var text = "no idea";
      if (question.startsWith("An assistant was given")) {
        assertTrue(question.contains("Wrong: should be: "), question);
        text = "Here it is:\n```\nSay leaf for tea, else clay.\n```";
      } else if (first.content().equals("Say leaf for tea, else clay.")) {
        text = question.contains("tea") ? "leaf" : "clay";
      }
      return new Reply(text, 1, 1, false, 1);
    }

    @Override
    public boolean fits(Conversation conversation) {
      return true;
    }

    @Override
    public int contextTokens() {
      return 512;
    }

    @Override
    public Set<String> controlTokens() {
      return Set.of();
    }

    @Override
    public Map<String, Object> recipe() {
      return Map.of("model", "obedient");
    }
  }

  @Test
  void aModelImprovesItsInstructionByWhatWasWrong() throws IOException {
    var model = new Obedient();
    var parts = Parts.of(items(300), 1);
    var materials =
        new Materials(
            Kind.CLASSIFICATION,
            parts.train(),
            parts.selection(),
            new ExactMatch(),
            dir,
            1,
            (what, done, total) -> {});
    var solution = new OptimisedPrompt(model, Optional.empty(), 3, 300).build(materials);
    assertEquals("Say leaf for tea, else clay.", solution.recipe().get("system"));
    assertTrue(model.calls <= 300);
  }

  /// Answers late what it is asked early, and counts how many it is asked at once.
  private static final class Slow implements ChatModel {
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final AtomicInteger asked = new AtomicInteger();
    private final TeaAndPots.Scripted model = new TeaAndPots.Scripted();

    @Override
    public Reply reply(Conversation conversation, Decoding how) throws IOException {
      most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
      try {
        Thread.sleep(asked.incrementAndGet() % 4 == 1 ? 4 : 1);
        var question = conversation.messages().getLast().content();
        boolean isTea = question.contains("tea") != (question.hashCode() % 7 == 0);
        return new Reply(isTea ? "leaf" : "clay", 10, 1, false, 1);
      } catch (InterruptedException e) {
        throw new IOException(e);
      } finally {
        underWay.decrementAndGet();
      }
    }

    @Override
    public boolean fits(Conversation conversation) {
      return model.fits(conversation);
    }

    @Override
    public int contextTokens() {
      return model.contextTokens();
    }

    @Override
    public Set<String> controlTokens() {
      return Set.of();
    }

    @Override
    public Map<String, Object> recipe() {
      return model.recipe();
    }
  }

  /// The same rows are looked at, so the same is asked, found and said.
  @Test
  void severalQuestionsAtOnceMakeTheSameReport() throws IOException {
    var items = items(300);
    items.addAll(items.subList(0, 40)); // the same row twice is asked for once
    var reports = new ArrayList<Map<String, Object>>();
    var asked = new ArrayList<Integer>();
    for (int width : List.of(1, 4)) {
      var model = new Slow();
      var climb =
          Climb.run(
              List.of(
                  Prompted.zeroShot(model),
                  new FewShot(model, 4, 3),
                  new OptimisedPrompt(model, Optional.empty(), 3, 120)),
              Parts.of(items, 1),
              TeaAndPots.settings(OptionalDouble.empty(), width, dir.resolve("w" + width)),
              SILENT);
      assertEquals(width, model.most.get());
      reports.add(withoutTimes(climb));
      asked.add(model.asked.get());
    }
    assertEquals(reports.get(0), reports.get(1));
    assertEquals(asked.get(0), asked.get(1));
  }
}
