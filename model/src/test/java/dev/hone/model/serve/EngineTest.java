package dev.hone.model.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.decoder.KvPages;
import dev.hone.model.generate.FinishReason;
import dev.hone.model.generate.SamplingOptions;
import dev.hone.model.generate.TinyModel;
import dev.hone.model.grammar.JsonSchema;
import dev.hone.model.grammar.Schemas;
import dev.hone.model.text.Tokenizer;
import dev.hone.tensor.MemoryPlan;
import dev.hone.tensor.Workers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an engine does beside computing; one model for all.
class EngineTest {
  private static final LogitBias ALWAYS_77 = new LogitBias(Map.of(77, 1000f), 0, 0);
  private static final int[] PROMPT = TinyModel.bytes("Once upon a time");
  private static final SamplingOptions GREEDY = SamplingOptions.greedy(12);

  private static Tokenizer tokenizer;
  private TinyModel model;

  @BeforeAll
  static void writeTokenizer(@TempDir Path dir) {
    tokenizer = TinyModel.byteLevel(dir);
  }

  @BeforeEach
  void makeModel() {
    model = TinyModel.random(tokenizer, 5);
  }

  @AfterEach
  void closeModel() {
    model.close();
  }

  private RunningEngine start(EngineOptions options) {
    return RunningEngine.start(model, options);
  }

  private RunningEngine start() {
    return start(EngineOptions.of(200));
  }

  /// Holds the engine's thread at the first text of a request.
  private static final class Gate implements AnswerListener {
    private final CountDownLatch isReached = new CountDownLatch(1);
    private final CountDownLatch isOpen = new CountDownLatch(1);

    @Override
    public void text(String piece) {
      isReached.countDown();
      await(isOpen);
    }

    void awaitReached() {
      await(isReached);
    }

    void open() {
      isOpen.countDown();
    }

    private static void await(CountDownLatch latch) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static Request request() {
    return Request.of(PROMPT, GREEDY);
  }

  @Test
  void textComesInPiecesOfWholeCharacters() throws CheckpointException {
    var text = "ok \uD83D\uDE00\u00E9!";
    var bytes = TinyModel.bytes(text);
    try (var reciting = TinyModel.reciting(tokenizer, bytes);
        var engine = RunningEngine.start(reciting, EngineOptions.of(40))) {
      var pieces = new ArrayList<String>();
      var options = SamplingOptions.greedy(bytes.length - 1);
      var answer =
          engine.answer(Request.of(new int[] {bytes[0]}, options).withListener(pieces::add));
      assertEquals(List.of("k", " ", "\uD83D\uDE00", "\u00E9", "!"), pieces);
      assertEquals(String.join("", pieces), answer.generation().text());
    }
  }

  @Test
  void aStopStringEndsAnAnswer() throws CheckpointException {
    var bytes = TinyModel.bytes("abc-XY.de");
    try (var reciting = TinyModel.reciting(tokenizer, bytes);
        var engine = RunningEngine.start(reciting, EngineOptions.of(40))) {
      var options = SamplingOptions.greedy(20).withStop(List.of("-XY."));
      var answer = engine.answer(Request.of(new int[] {bytes[0]}, options)).generation();
      assertEquals("bc", answer.text());
      assertEquals(FinishReason.STOP, answer.finishReason());
      assertEquals(6, answer.generatedTokens());
    }
  }

  @Test
  void aStopIdEndsAndIsNotEmitted() throws CheckpointException {
    try (var engine = start()) {
      var free = engine.answer(request()).generation();
      int third = free.ids().get(2);
      var stopped =
          engine.answer(Request.of(PROMPT, GREEDY.withStopIds(Set.of(third)))).generation();
      assertEquals(free.ids().subList(0, free.ids().indexOf(third)), stopped.ids());
      assertEquals(FinishReason.STOP, stopped.finishReason());
    }
  }

  @Test
  void theContextsEndIsALimit() throws CheckpointException {
    try (var engine = start(EngineOptions.of(PROMPT.length + 3))) {
      var answer = engine.answer(request()).generation();
      assertEquals(3, answer.generatedTokens());
      assertEquals(FinishReason.LENGTH, answer.finishReason());
    }
  }

  @Test
  void whatCanNeverFitIsRefusedAtOnce() throws CheckpointException {
    try (var engine = start(EngineOptions.of(PROMPT.length))) {
      assertThrows(UsageException.class, () -> engine.submit(request()));
      assertThrows(UsageException.class, () -> engine.submit(Request.of(new int[0], GREEDY)));
      assertThrows(
          UsageException.class,
          () -> engine.submit(Request.of(new int[] {TinyModel.VOCAB}, GREEDY)));
    }
  }

  @Test
  void aFullQueueSaysSo() throws CheckpointException {
    try (var engine = start(EngineOptions.of(200).withMaxRunning(1).withMaxQueued(2))) {
      var gate = new Gate();
      var first = engine.accept(request().withListener(gate));
      gate.awaitReached();
      var second = engine.accept(request());
      var third = engine.accept(request());
      assertInstanceOf(Submission.Full.class, engine.submit(request()));
      gate.open();
      assertEquals(
          first.result().join().generation().ids(), second.result().join().generation().ids());
      third.result().join();
      engine.answer(request());
    }
  }

  @Test
  void clientsTakeTurns() throws CheckpointException {
    try (var engine = start(EngineOptions.of(200).withMaxRunning(1))) {
      var gate = new Gate();
      engine.accept(request().withListener(gate));
      gate.awaitReached();
      var order = new ArrayList<String>();
      var tickets = new ArrayList<Ticket>();
      for (var client : List.of("a", "a", "a", "b", "b")) {
        var ticket = engine.accept(request().withClient(client));
        ticket.result().thenRun(() -> order.add(client));
        tickets.add(ticket);
      }
      gate.open();
      tickets.forEach(ticket -> ticket.result().join());
      assertEquals(List.of("a", "b", "a", "b", "a"), order);
    }
  }

  @Test
  void aLongPromptDoesNotHoldAnswersUp() throws CheckpointException {
    try (var engine = start(EngineOptions.of(600).withPromptRows(16))) {
      var gate = new Gate();
      var quick = engine.accept(request().withListener(gate));
      gate.awaitReached();
      var random = new SplittableRandom(1);
      int[] prompt = random.ints(500, 3, TinyModel.VOCAB).toArray();
      var slow = engine.accept(Request.of(prompt, GREEDY));
      var order = new ArrayList<String>();
      quick.result().thenRun(() -> order.add("quick"));
      slow.result().thenRun(() -> order.add("slow"));
      gate.open();
      quick.result().join();
      slow.result().join();
      assertEquals(List.of("quick", "slow"), order);
    }
  }

  @Test
  void aCancelledRequestEndsWithinAToken() throws CheckpointException {
    try (var engine = start()) {
      var gate = new Gate();
      var ticket =
          engine.accept(Request.of(PROMPT, SamplingOptions.greedy(100)).withListener(gate));
      gate.awaitReached();
      ticket.cancel();
      gate.open();
      var answer = ticket.result().join().generation();
      assertEquals(FinishReason.CANCELLED, answer.finishReason());
      var whole = engine.answer(Request.of(PROMPT, SamplingOptions.greedy(100))).generation();
      assertEquals(whole.ids().subList(0, answer.ids().size()), answer.ids());
      assertTrue(answer.ids().size() < 10, "text comes with the first whole characters");
    }
  }

  @Test
  void aRequestInTheQueueCanBeCancelled() throws CheckpointException {
    try (var engine = start(EngineOptions.of(200).withMaxRunning(1))) {
      var gate = new Gate();
      engine.accept(request().withListener(gate));
      gate.awaitReached();
      var waiting = engine.accept(request());
      waiting.cancel();
      gate.open();
      var answer = waiting.result().join().generation();
      assertEquals(FinishReason.CANCELLED, answer.finishReason());
      assertEquals(0, answer.generatedTokens());
    }
  }

  @Test
  void timeRunsOut() throws CheckpointException {
    try (var engine = start()) {
      var none = engine.answer(request().withTimeLimit(Duration.ZERO)).generation();
      assertEquals(FinishReason.DEADLINE, none.finishReason());
      assertEquals(0, none.generatedTokens());
      var slow =
          Request.of(PROMPT, SamplingOptions.greedy(150))
              .withTimeLimit(Duration.ofMillis(1))
              .withListener(piece -> sleep());
      assertEquals(FinishReason.DEADLINE, engine.answer(slow).generation().finishReason());
    }
  }

  private static void sleep() {
    try {
      Thread.sleep(2);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void adaptersComeAndGoWhileItRuns() throws CheckpointException {
    try (var engine = start()) {
      var gate = new Gate();
      var base = engine.accept(request().withListener(gate));
      gate.awaitReached();
      var adapter = engine.addAdapter("a", RandomAdapter.source(model, 1));
      var adapted = engine.accept(request().withAdapter(adapter));
      engine.removeAdapter(adapter);
      assertThrows(UsageException.class, () -> engine.submit(request().withAdapter(adapter)));
      assertTrue(engine.adapterBytes() > 0, "still in use");
      gate.open();
      assertNotEquals(
          base.result().join().generation().ids(), adapted.result().join().generation().ids());
      assertEquals(0, engine.adapterBytes());
    }
  }

  @Test
  void aListenerThatFailsEndsItsOwnRequestAlone() throws CheckpointException {
    try (var engine = start()) {
      var failing =
          engine.accept(
              request()
                  .withListener(piece -> {
                    throw new IllegalStateException("gone");
                  }));
      var other = engine.accept(request());
      var e = assertThrows(CompletionException.class, () -> failing.result().join());
      assertEquals("gone", e.getCause().getMessage());
      assertEquals(12, other.result().join().generation().generatedTokens());
    }
  }

  @Test
  void answersKeepToTheirGrammars() throws CheckpointException {
    try (var engine = start()) {
      var schema = "{'type':'object','properties':{'n':{'type':'integer'}},'required':['n']}";
      var tickets = new ArrayList<Ticket>();
      for (int seed = 0; seed < 6; seed++) {
        var options = SamplingOptions.greedy(60).withTemperature(2).withSeed(seed);
        tickets.add(engine.accept(Request.of(PROMPT, options)));
        tickets.add(
            engine.accept(Request.of(PROMPT, options.withGrammar(Schemas.grammar(schema)))));
      }
      for (int i = 1; i < tickets.size(); i += 2) {
        var answer = tickets.get(i).result().join().generation();
        Schemas.assertValid(schema.replace('\'', '"'), answer.text());
      }
    }
  }

  @Test
  void aGrammarThatHasNoRoomIsRefused() throws CheckpointException {
    try (var engine = start()) {
      var options = SamplingOptions.greedy(1).withGrammar(JsonSchema.anyObject());
      var ticket = engine.accept(Request.of(PROMPT, options));
      var e = assertThrows(CompletionException.class, () -> ticket.result().join());
      assertInstanceOf(UsageException.class, e.getCause());
    }
  }

  @Test
  void aBiasDecides() throws CheckpointException {
    try (var engine = start()) {
      var answer = engine.answer(request().withLogitBias(ALWAYS_77)).generation();
      assertEquals(Set.of(77), Set.copyOf(answer.ids()));
    }
  }

  @Test
  void scoresAreTheModelsOwn() throws CheckpointException {
    try (var engine = start()) {
      var told = new ArrayList<TokenScore>();
      var answer =
          engine.answer(
              request()
                  .withTopLogprobs(TinyModel.VOCAB)
                  .withLogitBias(ALWAYS_77)
                  .withListener(
                      new AnswerListener() {
                        @Override
                        public void text(String piece) {}

                        @Override
                        public void token(TokenScore score) {
                          told.add(score);
                        }
                      }));
      assertEquals(told, answer.scores());
      assertEquals(12, told.size());
      for (var score : told) {
        double sum = score.top().stream().mapToDouble(c -> Math.exp(c.logprob())).sum();
        assertEquals(1, sum, 1e-9);
        assertEquals(77, score.id());
        assertTrue(score.top().contains(new TokenScore.Candidate(77, score.logprob())));
      }
    }
  }

  @Test
  void whatIsPlannedIsWhatIsAllocated() {
    var options = EngineOptions.of(200);
    var base = model.decoder();
    try (var workers = new Workers(3)) {
      var allocated = new MemoryPlan();
      Engine.start(allocated, base, tokenizer, options, workers).close();
      var planned = new MemoryPlan();
      Engine.plan(planned, base.config(), base.baseDtype(), options, 3);
      assertEquals(allocated.bytesByName(), planned.bytesByName());
    }
  }

  @Test
  void theCacheTakesTheBytesThatItIsGiven() {
    var config = model.decoder().config();
    long pageBytes = KvPages.pageBytes(config);
    var options = EngineOptions.of(200).withCacheBytes(100 * pageBytes + 1, config);
    assertEquals(100, options.pages());
    assertEquals(13, EngineOptions.of(200).withCacheBytes(1, config).pages(), "one context");
  }

  @Test
  void closingEndsWhatIsUnderWay() throws CheckpointException {
    var gate = new Gate();
    Ticket running;
    Ticket waiting;
    try (var engine = start(EngineOptions.of(200).withMaxRunning(1))) {
      running = engine.accept(Request.of(PROMPT, SamplingOptions.greedy(150)).withListener(gate));
      gate.awaitReached();
      waiting = engine.accept(request());
      var closing = Thread.currentThread();
      Thread.ofPlatform()
          .start(() -> {
            while (closing.getState() != Thread.State.WAITING) Thread.onSpinWait();
            gate.open();
          });
    }
    assertTrue(running.result().isDone());
    assertEquals(FinishReason.CANCELLED, waiting.result().join().generation().finishReason());
  }
}
