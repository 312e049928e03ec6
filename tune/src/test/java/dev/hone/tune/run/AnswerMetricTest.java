package dev.hone.tune.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import dev.hone.model.adapter.LoraConfig;
import dev.hone.model.adapter.Targets;
import dev.hone.model.checkpoint.Dtype;
import dev.hone.model.decoder.BaseDtype;
import dev.hone.testkit.Seeds;
import dev.hone.tune.answer.AnswerScorer;
import dev.hone.tune.answer.Answered;
import dev.hone.tune.data.Source;
import dev.hone.tune.eval.Answers;
import dev.hone.tune.eval.EvalRequest;
import dev.hone.tune.train.Schedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Runs whose best step the model's answers choose, on the tiny base that PEFT's golden files came
/// with. They evaluate after steps 4, 7, 8, 12, 14, 16, 20 and 21.
class AnswerMetricTest {
  private static final Path BASE = Path.of("../model/src/test/resources/golden/peft/base");
  private static final int MOST_TOKENS = 12;

  @TempDir Path dir;
  private Path data;

  @BeforeEach
  void writeRows() throws IOException {
    var rows = new StringBuilder();
    String[] words = {" the", " cat", " rat", " sat", " on", " mat", " ran", " there"};
    var random = new SplittableRandom(3);
    for (int i = 0; i < 60; i++) {
      var text = new StringBuilder();
      for (int w = 0; w < random.nextInt(2, 6); w++) {
        text.append(words[random.nextInt(words.length)]);
      }
      rows.append(
          "{\"prompt\": \"Who%s %d\", \"completion\": \"It%s\"}\n".formatted(text, i, text));
    }
    data = Files.writeString(dir.resolve("rows.jsonl"), rows);
  }

  /// Keeps what it is shown.
  private record Scorer(
      String name, ToDoubleFunction<List<Answered>> measure, List<List<Answered>> seen)
      implements AnswerScorer {
    static Scorer of(ToDoubleFunction<List<Answered>> measure) {
      return new Scorer("own", measure, new ArrayList<>());
    }

    /// Says one after the other, whatever the answers are.
    static Scorer scripted(double... values) {
      var next = new AtomicInteger();
      return of(answers -> values[next.getAndIncrement()]);
    }

    /// Depends on every character of every answer.
    static Scorer hashing() {
      return of(
          answers -> (answers.stream().map(Answered::answer).toList().hashCode() & 0xFF) / 255.0);
    }

    @Override
    public double score(List<Answered> answers) {
      seen.add(answers);
      return measure.applyAsDouble(answers);
    }
  }

  @Test
  void theBestStepIsTheOneWithTheGreatestMetric() throws IOException {
    var byLoss = run(request("lora", dir.resolve("loss"), 0, false)).orElseThrow();
    assertEquals(21, byLoss.bestStep(), "the loss falls to the end");
    var scorer = Scorer.scripted(0.1, 0.2, 0.3, 0.7, 0.3, 0.4, 0.6, 0.5, 0.4, 0.7);
    var out = dir.resolve("metric");
    var summary = run(request("lora", out, 0, false).withMetric(metric(scorer))).orElseThrow();
    assertEquals(8, summary.bestStep());
    assertEquals(Optional.of("own"), summary.metric());
    assertEquals(OptionalDouble.of(0.1), summary.metricBefore());
    assertEquals(OptionalDouble.of(0.7), summary.metricAfter());
    assertTrue(summary.heldOutLossAfter() > byLoss.heldOutLossAfter());
    assertEquals(scorer.seen().get(3), scorer.seen().getLast(), "the parameters of step 8");
    assertNotEquals(scorer.seen().get(3), scorer.seen().get(8));
  }

  @Test
  void whatIsMeasuredIsRecorded() throws IOException {
    var out = dir.resolve("run");
    run(
        request("lora", out, 0, false)
            .withMetric(metric(Scorer.scripted(0.1, 0.2, 0.3, 0.7, 0.3, 0.4, 0.6, 0.5, 0.4, 0.7))));
    var scores = new ArrayList<Double>();
    for (var line : Files.readAllLines(out.resolve("metrics.jsonl"))) {
      var node = JsonMapper.shared().readTree(line);
      if (node.has("held_out_loss")) {
        assertEquals("own", node.get("metric").asString());
        scores.add(node.get("score").asDouble());
      }
    }
    assertEquals(List.of(0.1, 0.2, 0.3, 0.7, 0.3, 0.4, 0.6, 0.5, 0.4), scores);
    var csv = Files.readAllLines(out.resolve("metrics.csv"));
    assertTrue(csv.getFirst().endsWith(",held_out_token_accuracy,score"), csv.getFirst());
    assertTrue(csv.get(1).startsWith("0,") && csv.get(1).endsWith(",0.1"), csv.get(1));
    var summary = json(out.resolve("summary.json"));
    assertEquals("own", summary.get("metric").asString());
    assertEquals(0.1, summary.get("metric_before").asDouble());
    assertEquals(0.7, summary.get("metric_after").asDouble());
    assertEquals(4, summary.get("settings").get("metric-rows").asInt());
  }

  @Test
  void withoutAMetricNothingIsSaidOfOne() throws IOException {
    var out = dir.resolve("run");
    run(request("lora", out, 0, false));
    for (var file : List.of("summary.json", "run.json", "metrics.jsonl", "metrics.csv")) {
      var text = Files.readString(out.resolve(file));
      assertFalse(text.contains("metric") || text.contains("score"), text);
    }
  }

  @Test
  void patienceCountsEvaluationsWithoutABetterMetric() throws IOException {
    var scorer = Scorer.scripted(0.1, 0.5, 0.4, 0.5, 0.2, 0.5);
    var summary =
        run(request("lora", dir.resolve("run"), 3, false).withMetric(metric(scorer))).orElseThrow();
    assertTrue(summary.stoppedEarly());
    assertEquals(12, summary.steps());
    assertEquals(8, summary.bestStep(), "as good as step 4 and with less loss");
  }

  /// What is answered in training is what the result answers, in `hone eval`'s own words.
  @ParameterizedTest
  @ValueSource(strings = {"lora", "full in bfloat16"})
  void theAnswersAreThoseOfTheResult(String method) throws IOException {
    var out = dir.resolve("run");
    var scorer = Scorer.of(answers -> 0);
    var request =
        request(method, out, 0, false)
            .withMetric(new TuneRequest.Metric(scorer, 100, OptionalInt.of(MOST_TOKENS)));
    assertTrue(run(request).isPresent());
    boolean isAdapter = method.equals("lora");
    var result =
        Answers.run(
            new EvalRequest(
                isAdapter ? BASE : out,
                isAdapter ? Optional.of(out) : Optional.empty(),
                Optional.empty(),
                new Source(out.resolve("valid.jsonl")),
                OptionalInt.empty(),
                false,
                2),
            MOST_TOKENS,
            new SilentListener());
    assertEquals(
        result.answers().stream().map(Answers.Answer::answer).toList(),
        scorer.seen().getLast().stream().map(Answered::answer).toList());
    assertNotEquals(
        answers(scorer.seen().getFirst()), answers(scorer.seen().getLast()), "nothing was learned");
  }

  private static List<String> answers(List<Answered> answered) {
    return answered.stream().map(Answered::answer).toList();
  }

  @Test
  void theSameFewRowsAreAskedEachTime() throws IOException {
    var scorer = Scorer.hashing();
    run(request("lora", dir.resolve("run"), 0, false).withMetric(metric(scorer)));
    assertEquals(10, scorer.seen().size());
    var first = scorer.seen().getFirst().stream().map(Answered::question).toList();
    assertEquals(4, first.size());
    for (var answered : scorer.seen()) {
      assertEquals(first, answered.stream().map(Answered::question).toList());
    }
  }

  /// Stopped and resumed several times, at random steps.
  @ParameterizedTest
  @Seeds(3)
  void aResumedRunHasTheBytesOfAnUninterruptedOne(long seed) throws IOException {
    var whole = dir.resolve("whole");
    var expected =
        run(request("lora", whole, 0, false).withMetric(metric(Scorer.hashing()))).orElseThrow();
    var parts = dir.resolve("parts");
    var random = new SplittableRandom(seed);
    Optional<Summary> summary = Optional.empty();
    for (int i = 0; summary.isEmpty(); i++) {
      var steps = new AtomicInteger(random.nextInt(1, 8));
      summary =
          TuneRun.run(
              request("lora", parts, 0, i > 0).withMetric(metric(Scorer.hashing())),
              new SilentListener(),
              () -> steps.getAndDecrement() == 0);
    }
    assertEquals(expected.bestStep(), summary.get().bestStep());
    for (var file : List.of("adapter_model.safetensors", "hone_proof.json")) {
      assertArrayEquals(
          Files.readAllBytes(whole.resolve(file)), Files.readAllBytes(parts.resolve(file)), file);
    }
    assertEquals(scores(whole), scores(parts));
  }

  private static List<String> scores(Path out) throws IOException {
    var scores = new ArrayList<String>();
    for (var line : Files.readAllLines(out.resolve("metrics.csv"))) {
      var fields = line.split(",", -1);
      scores.add(fields[0] + " " + fields[9] + " " + fields[11]);
    }
    return scores;
  }

  @Test
  void anyNumberOfThreadsGivesTheSameAnswers() throws IOException {
    var seen = new ArrayList<List<List<Answered>>>();
    for (int threads : new int[] {1, 3}) {
      var scorer = Scorer.hashing();
      var r = request("lora", dir.resolve("on" + threads), 0, false).withMetric(metric(scorer));
      run(on(threads, r));
      seen.add(scorer.seen());
    }
    assertEquals(seen.getFirst(), seen.getLast());
  }

  @Test
  void resumingByAnotherMetricIsRefusedByName() throws IOException {
    var out = dir.resolve("run");
    run(request("lora", out, 0, false).withMetric(metric(Scorer.hashing())));
    var other = new Scorer("other", answers -> 0, new ArrayList<>());
    assertRefused(
        "metric was own and is now other", request("lora", out, 0, true).withMetric(metric(other)));
    assertRefused("metric was own and is now not given", request("lora", out, 0, true));
    var more = new TuneRequest.Metric(Scorer.hashing(), 5, OptionalInt.empty());
    assertRefused("metric-rows was 4 and is now 5", request("lora", out, 0, true).withMetric(more));
  }

  private static void assertRefused(String words, TuneRequest request) {
    var refused = assertThrows(UsageException.class, () -> run(request));
    assertTrue(refused.getMessage().contains(words), refused.getMessage());
  }

  @Test
  void rowsThatAskNothingAreLeftOutAndNamed() throws IOException {
    var valid = dir.resolve("valid.jsonl");
    Files.writeString(
        valid,
        """
        {"text": "It sat there"}
        {"prompt": "Who sat", "completion": "It sat"}
        """);
    var scorer = Scorer.hashing();
    var listener = new SilentListener();
    var request =
        withValid(valid, request("lora", dir.resolve("run"), 0, false)).withMetric(metric(scorer));
    TuneRun.run(request, listener, () -> false);
    assertEquals(
        List.of(2L), scorer.seen().getFirst().stream().map(a -> a.question().line()).toList());
    var note =
        "own leaves out 1 of 2 held-out rows, which cannot be asked; %s:1: is plain text, which"
            + " asks nothing";
    assertTrue(listener.notes().contains(note.formatted(valid)), listener.notes().toString());
  }

  @Test
  void whereNoRowAsksAnythingTheMetricIsRefusedAndNothingIsBegun() throws IOException {
    var valid = Files.writeString(dir.resolve("valid.jsonl"), "{\"text\": \"It sat there\"}\n");
    var out = dir.resolve("run");
    var request = withValid(valid, request("lora", out, 0, false));
    assertRefused(
        "--metric own: no held-out row can be asked; " + valid + ":1: is plain text",
        request.withMetric(metric(Scorer.hashing())));
    assertTrue(run(request).isPresent(), "without one it trains");
  }

  private static JsonNode json(Path file) throws IOException {
    return JsonMapper.shared().readTree(Files.readString(file));
  }

  private static Optional<Summary> run(TuneRequest request) throws IOException {
    return TuneRun.run(request, new SilentListener(), () -> false);
  }

  private static TuneRequest.Metric metric(AnswerScorer scorer) {
    return new TuneRequest.Metric(scorer, 4, OptionalInt.empty());
  }

  private static TuneRequest withValid(Path valid, TuneRequest r) {
    return changed(r, Optional.of(new Source(valid)), r.threads());
  }

  private static TuneRequest on(int threads, TuneRequest r) {
    return changed(r, r.valid(), threads);
  }

  private static TuneRequest changed(TuneRequest r, Optional<Source> valid, int threads) {
    return new TuneRequest(
        r.base(),
        r.train(),
        valid,
        r.out(),
        r.method(),
        r.baseDtype(),
        r.hyper(),
        r.maxLength(),
        r.trainsOnPrompt(),
        threads,
        r.isResumed(),
        r.probe(),
        r.metric());
  }

  private TuneRequest request(String method, Path out, int patience, boolean isResumed) {
    var hyper =
        new TuneRequest.Hyper(
            OptionalDouble.of(1e-2),
            3,
            8,
            40,
            true,
            Schedule.COSINE,
            0.1,
            0.01,
            0.999,
            1,
            Recompute.AUTO,
            OptionalInt.of(4),
            patience,
            5,
            7);
    return new TuneRequest(
        BASE,
        new Source(data),
        Optional.empty(),
        out,
        method.equals("lora")
            ? new Method.Lora(new LoraConfig(4, 8, new Targets.AllLinear(), 0, false))
            : new Method.Full(Dtype.BF16),
        BaseDtype.FLOAT32,
        hyper,
        OptionalInt.empty(),
        false,
        2,
        isResumed,
        Optional.empty(),
        Optional.empty());
  }
}
