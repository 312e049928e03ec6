package dev.hone.hosted;

import static dev.hone.hosted.FakeProvider.cut;
import static dev.hone.hosted.FakeProvider.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.hosted.Budget.TokenPrice;
import dev.hone.hosted.Budget.TuningPrice;
import dev.hone.ladder.metric.ExactMatch;
import dev.hone.ladder.rung.Materials;
import dev.hone.ladder.rung.Solution;
import dev.hone.ladder.task.Item;
import dev.hone.ladder.task.Items;
import dev.hone.ladder.task.Kind;
import dev.hone.model.UsageException;
import dev.hone.model.text.Conversation;
import dev.hone.model.text.Message;
import dev.hone.tune.data.Source;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class HostedTunedTest {
  private static final String KEY = "sk-planted-4711";
  private static final String MODEL = "ft:gpt-test:org:ftjob-3";
  private static final Patience PATIENCE =
      new Patience(Duration.ofSeconds(20), 3, Duration.ofMillis(5), Duration.ofSeconds(2));
  private static final Duration POLL = Duration.ofMillis(5);

  @TempDir Path dir;
  private FakeTuner tuner;
  private Path keyFile;
  private final List<String> told = new ArrayList<>();

  @BeforeEach
  void begin() throws IOException {
    keyFile = Files.writeString(dir.resolve("key.txt"), KEY + "\n");
  }

  private List<Item> items(int count) throws IOException {
    var rows = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      rows.add(
          "{\"prompt\": \"Where is %d?\", \"completion\": \"In row %d.\", \"metadata\": {\"a\": 1}}"
              .formatted(i, i));
    }
    return items(rows);
  }

  private List<Item> items(List<String> rows) throws IOException {
    return Items.read(new Source(Files.write(dir.resolve("rows.jsonl"), rows)), Optional.empty());
  }

  private Path rung() throws IOException {
    return Files.createDirectories(dir.resolve("report/rungs/tuned"));
  }

  private Budget budget(OptionalDouble limit) throws IOException {
    Files.createDirectories(dir.resolve("report"));
    var price = Optional.of(new TokenPrice(2, 10));
    var tuning = new TuningPrice(OptionalDouble.of(100), Optional.of(new TokenPrice(4, 20)));
    return Budget.open(dir.resolve("report/spent.json"), limit, price, tuning);
  }

  private Solution build(List<Item> train, Budget budget, Patience patience) throws IOException {
    var materials =
        new Materials(
            Kind.FREE,
            train,
            items(4),
            new ExactMatch(),
            rung(),
            5,
            (what, done, total) ->
                told.add(what + (total > 0 ? " %d/%d".formatted(done, total) : "")));
    var tuning =
        new Tuning(
            HostedName.parse("openai:gpt-test").orElseThrow(),
            Map.of("OPENAI_BASE_URL", tuner.url() + "/v1"),
            Optional.of(keyFile),
            patience,
            POLL,
            budget,
            50,
            OptionalInt.of(2));
    return new HostedTuned(tuning, Optional.empty()).build(materials);
  }

  private Solution build() throws IOException {
    return build(items(12), budget(OptionalDouble.empty()), PATIENCE);
  }

  private void delete() throws IOException {
    var environment = Map.of("OPENAI_BASE_URL", tuner.url() + "/v1");
    new TuningDeletion(environment, Optional.of(keyFile), PATIENCE, told::add).of(rung());
  }

  private Path orderFile() throws IOException {
    try (var files = Files.list(rung().resolve("orders"))) {
      return files.findFirst().orElseThrow();
    }
  }

  private JsonNode spent() throws IOException {
    return JsonMapper.shared().readTree(Files.readString(dir.resolve("report/spent.json")));
  }

  @Test
  void theProviderTrainsOnTheRowsAndItsModelAnswers() throws IOException {
    try (var opened = new FakeTuner()) {
      tuner = opened;
      var solution = build();
      var train =
          JsonMapper.shared().readTree(tuner.files.get("file-1").text().lines().toList().get(3));
      assertEquals(
          "{\"messages\":[{\"role\":\"user\",\"content\":\"Where is 3?\"},"
              + "{\"role\":\"assistant\",\"content\":\"In row 3.\"}]}",
          train.toString());
      assertEquals(12, tuner.files.get("file-1").text().lines().count());
      assertEquals(4, tuner.files.get("file-2").text().lines().count());

      var job = tuner.jobs.get("ftjob-3");
      assertEquals("gpt-test", job.path("model").asString());
      assertEquals("file-1", job.path("training_file").asString());
      assertEquals("file-2", job.path("validation_file").asString());
      assertEquals(2, job.at("/method/supervised/hyperparameters/n_epochs").asInt());
      assertEquals(5, job.path("seed").asInt());
      assertTrue(tuner.keys.stream().allMatch(("Bearer " + KEY)::equals));

      assertEquals("answered by " + MODEL, solution.answer(items(1).getFirst()).text());
      var recipe = solution.recipe();
      assertEquals("tuned", recipe.get("kind"));
      assertEquals("openai:" + MODEL, recipe.get("base"));
      var training = (Map<?, ?>) recipe.get("training");
      assertEquals(12_345L, training.get("tokens"));
      assertEquals(1.2345, (double) training.get("usd"), 1e-12);
      assertEquals(100.0, training.get("wall_seconds"));
      assertEquals(80.0, training.get("estimated_wall_seconds"));
      assertTrue((long) training.get("estimated_tokens") > 0);
      assertTrue(told.contains("training 3/9"), told.toString());
      assertEquals(12_345, spent().at("/trainings/" + id() + "/tokens").asInt());
      assertEquals(100, spent().at("/tuned/prompt_tokens").asInt());
    }
  }

  private String id() throws IOException {
    return TuningOrder.read(orderFile()).orElseThrow().id();
  }

  @Test
  void aHostedModelIsAskedAgainByItsRecipe() throws IOException {
    try (var opened = new FakeTuner()) {
      tuner = opened;
      var base = build().recipe().get("base").toString();
      var name = HostedName.parse(base).orElseThrow();
      assertEquals(MODEL, name.model());
      assertEquals(Provider.OPENAI, name.provider());
    }
  }

  @Test
  void aFailedJobIsOneLineAndIsNotOrderedAgain() throws IOException {
    try (var opened = new FakeTuner().failing("row 7\n is bad, " + KEY)) {
      tuner = opened;
      for (int i = 0; i < 2; i++) {
        var e = assertThrows(UsageException.class, this::build);
        assertEquals(
            "openai:gpt-test: job ftjob-3 failed: row 7 is bad, [key] (bad); hone advise"
                + " delete clears it away",
            e.getMessage());
      }
      assertEquals(1, tuner.jobs.size());
      assertEquals(0, spent().at("/trainings/" + id() + "/tokens").asInt(-1));
      delete();
      assertThrows(UsageException.class, this::build);
      assertEquals(2, tuner.jobs.size());
    }
  }

  @Test
  void anUploadIsSentAgainAsTheServerAsks() throws IOException {
    var busy = status(429, "{\"error\": {\"message\": \"slow down\"}}", "Retry-After", "1");
    try (var opened = new FakeTuner().with("POST /v1/files", busy)) {
      tuner = opened;
      long start = System.nanoTime();
      build();
      assertTrue(System.nanoTime() - start >= 1_000_000_000L);
      assertEquals(3, tuner.files.size());
      assertEquals(3, tuner.count("POST /v1/files"));
    }
  }

  /// Whether what failed was done or not, it is there once.
  @ParameterizedTest
  @ValueSource(strings = {"POST /v1/files", "POST /v1/fine_tuning/jobs"})
  void nothingIsMadeTwice(String request) throws IOException {
    var hasty = new Patience(Duration.ofSeconds(1), 3, Duration.ofMillis(5), Duration.ofSeconds(2));
    FakeProvider.Answer slow = exchange -> Thread.sleep(1_300);
    for (boolean isDone : List.of(true, false)) {
      for (var trouble : List.of(cut(), status(502, "<html>"), status(200, "{}"), slow)) {
        try (var opened = new FakeTuner()) {
          tuner = isDone ? opened.done(request, trouble) : opened.with(request, trouble);
          build(items(12), budget(OptionalDouble.empty()), hasty);
          assertEquals(1, tuner.jobs.size());
          assertEquals(3, tuner.files.size());
        }
        deleteTree(dir.resolve("report"));
      }
    }
  }

  private static void deleteTree(Path directory) throws IOException {
    try (var content = Files.walk(directory)) {
      for (var file : content.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /// Killed between what the provider has done and the line that says so.
  @ParameterizedTest
  @ValueSource(strings = {"training_file", "validation_file", "job", "end"})
  void whatWasKilledGoesOnWithTheSameFilesAndJob(String lost) throws IOException {
    try (var opened = new FakeTuner()) {
      tuner = opened;
      var recipe = build().recipe();
      var order = (ObjectNode) JsonMapper.shared().readTree(Files.readString(orderFile()));
      order.putNull("end");
      var sent = (ObjectNode) order.get("sent");
      for (var field : List.of("job", "validation_file", "training_file")) {
        if (lost.equals("end")) {
          break;
        }
        sent.putNull(field);
        if (field.equals(lost)) {
          break;
        }
      }
      Files.writeString(orderFile(), order.toString());
      assertEquals(recipe, build().recipe());
      assertEquals(1, tuner.count("POST /v1/fine_tuning/jobs"));
      assertEquals(2, tuner.count("POST /v1/files"));
      assertEquals(1, spent().path("trainings").size());
    }
  }

  @Test
  void whatHasEndedIsNotLookedAtAgain() throws IOException {
    try (var opened = new FakeTuner()) {
      tuner = opened;
      build();
      tuner.requests.clear();
      build();
      assertEquals(List.of(), tuner.requests);
    }
  }

  @Test
  void otherRowsAreAnotherOrder() throws IOException {
    try (var opened = new FakeTuner()) {
      tuner = opened;
      build();
      build(items(13), budget(OptionalDouble.empty()), PATIENCE);
      assertEquals(2, tuner.jobs.size());
      delete();
      assertEquals(Map.of(), tuner.files);
      assertEquals(List.of(), tuner.models);
    }
  }

  @Test
  void aProviderThatIsAwayForAWhileIsWaitedFor() throws IOException {
    try (var opened = new FakeTuner()) {
      tuner = opened;
      for (int i = 0; i < 7; i++) {
        tuner.with("GET /v1/fine_tuning/jobs/ftjob-3", status(503, "away"));
      }
      build();
      assertTrue(told.stream().anyMatch(line -> line.endsWith("; looking again")), "" + told);
    }
  }

  @Test
  void aProviderThatStaysAwayStopsTheClimbWhichGoesOnLater() throws IOException {
    try (var opened = new FakeTuner()) {
      tuner = opened;
      for (int i = 0; i < 15; i++) {
        tuner.with("GET /v1/fine_tuning/jobs/ftjob-3", status(503, "away"));
      }
      var e = assertThrows(StoppedException.class, this::build);
      assertTrue(e.hint().contains("the same command"), e.hint());
      assertEquals("openai:" + MODEL, build().recipe().get("base"));
      assertEquals(1, tuner.jobs.size());
    }
  }

  @Test
  void aNewModelIsWaitedFor() throws IOException {
    try (var opened = new FakeTuner()) {
      tuner = opened;
      tuner.with("GET /v1/models/" + MODEL, status(404, "{}"));
      build();
      assertEquals(2, tuner.count("GET /v1/models/" + MODEL));
    }
  }

  @Test
  void aBudgetThatIsTooSmallSendsNothing() throws IOException {
    try (var opened = new FakeTuner()) {
      tuner = opened;
      var e =
          assertThrows(
              UsageException.class,
              () -> build(items(12), budget(OptionalDouble.of(0.2)), PATIENCE));
      assertTrue(
          e.getMessage()
              .startsWith("nothing was sent: the budget of 0.20 USD is used up: 0.0000 USD are"),
          e.getMessage());
      assertEquals(List.of(), tuner.requests);
      try (var orders = Files.list(rung().resolve("orders"))) {
        assertEquals(0, orders.count());
      }
      build(items(12), budget(OptionalDouble.of(5)), PATIENCE);
    }
  }

  @Test
  void whatATrainingHasCostIsGoneFromTheBudget() throws IOException {
    try (var opened = new FakeTuner()) {
      tuner = opened;
      var limit = OptionalDouble.of(1.2347);
      var budget = budget(OptionalDouble.of(5));
      assertEquals(1.2345, spentBy(build(items(12), budget, PATIENCE), budget), 1e-12);
      var solution = build(items(12), budget(limit), PATIENCE);
      var item = items(1).getFirst();
      var e = assertThrows(StoppedException.class, () -> solution.answer(item));
      assertTrue(e.getMessage().contains("1.2345 USD are spent"), e.getMessage());
    }
  }

  private static double spentBy(Solution built, Budget budget) {
    assertTrue(built.recipe().containsKey("training"));
    return budget.spentUsd().orElseThrow();
  }

  @Test
  void aBudgetNeedsThePriceOfTuning() {
    var price = Optional.of(new TokenPrice(2, 10));
    for (var tuning :
        List.of(
            TuningPrice.NONE,
            new TuningPrice(OptionalDouble.of(1), Optional.empty()),
            new TuningPrice(OptionalDouble.empty(), price))) {
      assertThrows(
          UsageException.class,
          () -> Budget.open(dir.resolve("s.json"), OptionalDouble.of(1), price, tuning));
    }
  }

  /// Tokens are foretold as the provider has counted those of prompts.
  @Test
  void theForecastFollowsTheProvidersOwnCount() throws IOException {
    try (var opened = new FakeTuner()) {
      tuner = opened;
      var budget = budget(OptionalDouble.empty());
      for (int words : List.of(3, 10, 40)) {
        var asked = new Conversation(List.of(Message.user("word ".repeat(words))));
        budget.base().book(TextSize.of(asked), words + 2 * 4, 1); // four more for each message
      }
      build(items(12), budget, PATIENCE);
      var bytes = TuningRows.of(items(12)).bytes();
      var forecast = TuningOrder.read(orderFile()).orElseThrow().forecast();
      assertEquals(2 * Math.round(bytes / 5.0 + 12 * 2 * 4), forecast.tokens());
      assertTrue(forecast.mostTokens() > 2 * bytes);
    }
  }

  @Test
  void whereNothingTellsMessagesFromBytesTheirRatioCounts() {
    var rate = new TokenRate();
    assertEquals(100, rate.tokens(300, 2));
    rate.add(100, 2, 30);
    rate.add(100, 2, 30);
    assertEquals(300, rate.tokens(1_000, 2), 1e-9);
    rate.add(200, 2, 80);
    assertTrue(rate.tokens(1_000, 2) > 300);
  }

  @Test
  void whatIsAtTheProviderIsDeletedOnRequest() throws IOException {
    try (var opened = new FakeTuner()) {
      tuner = opened;
      Files.writeString(rung().resolve("recipe.json"), build().recipe().toString());
      told.clear();
      delete();
      assertEquals(
          List.of(
              "deleted model " + MODEL,
              "deleted model " + MODEL + FakeTuner.CHECKPOINT,
              "deleted file file-1",
              "deleted file file-2",
              "deleted file file-4"),
          told);
      assertEquals(Map.of(), tuner.files);
      assertEquals(List.of(), tuner.models);
      assertFalse(Files.exists(rung().resolve("recipe.json")));
      var e = assertThrows(UsageException.class, this::delete);
      assertTrue(e.getMessage().endsWith("has made nothing at a provider"), e.getMessage());
    }
  }

  @Test
  void aJobThatGoesOnIsCancelledBeforeItsFilesAreDeleted() throws IOException {
    try (var opened = new FakeTuner()) {
      tuner = opened;
      for (int i = 0; i < 15; i++) {
        tuner.with("GET /v1/fine_tuning/jobs/ftjob-3", status(503, "away"));
      }
      assertThrows(StoppedException.class, this::build);
      told.clear();
      delete();
      assertEquals(
          List.of("cancelled job ftjob-3", "deleted file file-1", "deleted file file-2"), told);
      assertEquals("cancelled", tuner.jobs.get("ftjob-3").path("status").asString());
    }
  }

  @Test
  void aDeletionThatWasCutShortGoesOn() throws IOException {
    try (var opened = new FakeTuner()) {
      tuner = opened;
      build();
      tuner.with("DELETE /v1/files/file-1", status(403, "{\"error\": \"not yours\"}"));
      var e = assertThrows(UsageException.class, this::delete);
      assertTrue(e.getMessage().contains("refused (403): not yours"), e.getMessage());
      told.clear();
      delete();
      assertEquals("model %s was gone already".formatted(MODEL), told.getFirst());
      assertEquals(Map.of(), tuner.files);
    }
  }

  @Test
  void anotherAddressIsNotAskedToDelete() throws IOException {
    try (var opened = new FakeTuner();
        var other = new FakeTuner()) {
      tuner = opened;
      build();
      tuner = other;
      assertThrows(UsageException.class, this::delete);
      assertEquals(List.of(), other.requests);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"anthropic:a", "gemini:a", "ollama:a"})
  void aProviderWithoutTheApiSaysSo(String name) throws IOException {
    var base = HostedName.parse(name).orElseThrow();
    var tuning =
        new Tuning(
            base,
            Map.of(),
            Optional.of(keyFile),
            PATIENCE,
            POLL,
            budget(OptionalDouble.empty()),
            50,
            OptionalInt.empty());
    var materials =
        new Materials(
            Kind.FREE, items(12), items(4), new ExactMatch(), rung(), 5, (what, done, total) -> {});
    var e =
        assertThrows(
            UsageException.class, () -> new HostedTuned(tuning, Optional.empty()).build(materials));
    assertEquals(
        base.provider().label() + " does not offer OpenAI's API of fine-tuning jobs",
        e.getMessage());
  }

  @Test
  void aServerWithoutTheApiSaysSo() throws IOException {
    try (var opened = new FakeTuner()) {
      tuner = opened.with("POST /v1/files", status(404, "{\"error\": \"no such path\"}"));
      var e = assertThrows(UsageException.class, this::build);
      assertTrue(e.getMessage().contains("has no files to train on"), e.getMessage());
    }
  }

  @Test
  void whatTheProviderWouldRefuseIsRefusedBeforeItIsSent() throws IOException {
    try (var opened = new FakeTuner()) {
      tuner = opened;
      var few =
          assertThrows(
              UsageException.class,
              () -> build(items(9), budget(OptionalDouble.empty()), PATIENCE));
      assertEquals("9 rows to train on, and a provider wants 10 at least", few.getMessage());
      var rows = new ArrayList<String>();
      for (int i = 0; i < 12; i++) {
        rows.add(
            "{\"messages\": [{\"role\": \"user\", \"content\": \"%d?\"}, {\"role\": \"assistant\","
                    .formatted(i)
                + " \"content\": \"yes\", \"weight\": %d}]}".formatted(i == 6 ? 0 : 1));
      }
      var unlearned = items(rows);
      var e =
          assertThrows(
              UsageException.class,
              () -> build(unlearned, budget(OptionalDouble.empty()), PATIENCE));
      assertEquals("line 7: no answer is learned from: each has weight 0", e.getMessage());
      assertEquals(List.of(), tuner.requests);
    }
  }

  /// Arguments are a string, calls have ids, and what else a row says is not sent.
  @Test
  void toolCallsAreSentAsTheApiHasThem() throws IOException {
    var row =
        """
        {"messages": [{"role": "developer", "content": "Be brief."}, {"role": "user", "content": "7?"},
        {"role": "assistant", "tool_calls": [{"function": {"name": "track", "arguments": {"order": 7}}}]},
        {"role": "tool", "content": "sent"}, {"role": "assistant", "content": "It is sent."}],
        "tools": [{"name": "track", "parameters": {"type": "object"}}], "split": "a"}\
        """
            .replace("\n", "");
    var json = JsonMapper.shared().readTree(TuningRows.of(items(List.of(row))).text());
    assertEquals("system", json.at("/messages/0/role").asString());
    assertEquals("call_1", json.at("/messages/2/tool_calls/0/id").asString());
    assertEquals(
        "{\"order\":7}", json.at("/messages/2/tool_calls/0/function/arguments").asString());
    assertEquals("call_1", json.at("/messages/3/tool_call_id").asString());
    assertEquals("track", json.at("/tools/0/function/name").asString());
    assertFalse(json.has("split"));
  }

  /// Not in a file, a line that is shown, an error or its causes, nor in what the SDK might log.
  @Test
  void theKeyIsToldToNobody() throws IOException {
    var echo = "{\"error\": {\"message\": \"Incorrect API key provided: %s\"}}".formatted(KEY);
    var written = new ByteArrayOutputStream();
    var before = System.err;
    System.setErr(new PrintStream(written, true));
    try {
      for (var request : List.of("POST /v1/files", "POST /v1/fine_tuning/jobs")) {
        for (int status : List.of(400, 401, 500, 200)) {
          try (var opened = new FakeTuner()) {
            tuner = opened;
            for (int i = 0; i < 3; i++) {
              tuner.with(
                  request, status(status, status == 200 ? "{\"id\": [\"" + KEY + "\"]}" : echo));
            }
            var e = assertThrows(RuntimeException.class, this::build);
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
              assertFalse(cause.toString().contains(KEY), cause.toString());
            }
          }
        }
      }
    } finally {
      System.setErr(before);
    }
    assertFalse(written.toString().contains(KEY), written.toString());
    assertFalse(told.toString().contains(KEY), told.toString());
    try (var files = Files.walk(dir.resolve("report"))) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        assertFalse(Files.readString(file).contains(KEY), file.toString());
      }
    }
  }
}
