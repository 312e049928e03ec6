package dev.hone.model.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.generate.Generation;
import dev.hone.model.generate.Generator;
import dev.hone.model.generate.SamplingOptions;
import dev.hone.model.generate.TinyModel;
import dev.hone.model.text.Tokenizer;
import dev.hone.tensor.Workers;
import dev.hone.testkit.Seeds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;

/// An answer hangs on its request alone: not on others, nor on what pages are there, nor on whether
/// it had to give its own back.
class SameAnswerTest {
  private static final int CONTEXT = 160;

  private static Tokenizer tokenizer;

  @BeforeAll
  static void writeTokenizer(@TempDir Path dir) {
    tokenizer = TinyModel.byteLevel(dir);
  }

  private static EngineOptions options() {
    return EngineOptions.of(CONTEXT);
  }

  /// Prompts that begin alike or not, greedy or sampled, with this adapter or that or none.
  private static List<Request> requests(
      SplittableRandom random, int count, List<AdapterHandle> adapters) {
    int[] common = random.ints(70, 3, TinyModel.VOCAB).toArray();
    var requests = new ArrayList<Request>();
    for (int i = 0; i < count; i++) {
      int[] prompt = Arrays.copyOf(common, random.nextInt(1, 100));
      for (int t = random.nextInt(common.length); t < prompt.length; t++) {
        prompt[t] = random.nextInt(3, TinyModel.VOCAB);
      }
      var sampling = SamplingOptions.greedy(random.nextInt(1, 50)).withSeed(i);
      if (random.nextBoolean()) sampling = sampling.withTemperature(1.2).withTopP(0.9);
      var request = Request.of(prompt, sampling).withTopLogprobs(2).withClient("client " + i % 3);
      int a = random.nextInt(adapters.size() + 1);
      requests.add(a < adapters.size() ? request.withAdapter(adapters.get(a)) : request);
    }
    return requests;
  }

  private static List<AdapterHandle> addAdapters(RunningEngine engine, TinyModel model)
      throws CheckpointException {
    return List.of(
        engine.addAdapter("a", RandomAdapter.source(model, 1)),
        engine.addAdapter("b", RandomAdapter.source(model, 2)));
  }

  private static List<Answer> together(RunningEngine engine, List<Request> requests)
      throws CheckpointException {
    var tickets = new ArrayList<Ticket>();
    for (var request : requests) {
      tickets.add(engine.accept(request));
    }
    return tickets.stream().map(ticket -> ticket.result().join()).toList();
  }

  private static void assertSame(List<Answer> expected, List<Answer> actual) {
    for (int i = 0; i < expected.size(); i++) {
      var a = expected.get(i).generation();
      var b = actual.get(i).generation();
      assertEquals(a.ids(), b.ids(), "request " + i);
      assertEquals(a.text(), b.text());
      assertEquals(a.finishReason(), b.finishReason());
      assertEquals(expected.get(i).scores(), actual.get(i).scores());
    }
  }

  @ParameterizedTest
  @Seeds(6)
  void companyReuseAndWaitingChangeNothing(long seed) throws CheckpointException {
    var random = new SplittableRandom(seed);
    try (var model = TinyModel.random(tokenizer, seed)) {
      var alone = new ArrayList<Answer>();
      List<Request> requests;
      try (var engine = RunningEngine.start(model, options())) {
        requests = requests(random, 14, addAdapters(engine, model));
        for (var request : requests) {
          alone.add(engine.answer(request));
        }
        assertSame(alone, together(engine, requests));
      }
      // hardly more pages than one request may take, and prompts in small pieces
      var scarce = options().withCacheTokens(CONTEXT + 40).withPromptRows(random.nextInt(1, 40));
      try (var engine = RunningEngine.start(model, scarce)) {
        addAdapters(engine, model);
        assertSame(alone, together(engine, requests));
        assertSame(alone, together(engine, requests));
      }
    }
  }

  @ParameterizedTest
  @Seeds(6)
  void answersAreTheGenerators(long seed) throws CheckpointException {
    var random = new SplittableRandom(seed);
    try (var model = TinyModel.random(tokenizer, seed);
        var engine = RunningEngine.start(model, options());
        var workers = new Workers(2)) {
      var adapter = engine.addAdapter("a", RandomAdapter.source(model, 1));
      for (var request : requests(random, 4, List.of(adapter))) {
        var expected = generate(model, request, workers);
        var answer = engine.answer(request).generation();
        assertEquals(expected.ids(), answer.ids());
        assertEquals(expected.text(), answer.text());
        assertEquals(expected.finishReason(), answer.finishReason());
        assertEquals(expected.generatedTokens(), answer.generatedTokens());
      }
    }
  }

  private static Generation generate(TinyModel model, Request request, Workers workers) {
    var generator =
        request.adapter().isEmpty()
            ? model.generator(CONTEXT)
            : Generator.allocate(
                model.memory(),
                RandomAdapter.decoder(model, 1),
                RandomAdapter.shape(model),
                tokenizer,
                CONTEXT,
                workers);
    return generator.generate(request.prompt(), request.options());
  }

  @Test
  void aCommonBeginningIsComputedOnce() throws CheckpointException {
    int[] prompt = new SplittableRandom(1).ints(100, 3, TinyModel.VOCAB).toArray();
    try (var model = TinyModel.random(tokenizer, 1);
        var engine = RunningEngine.start(model, options())) {
      var adapter = engine.addAdapter("a", RandomAdapter.source(model, 1));
      var request = Request.of(prompt, SamplingOptions.greedy(5));
      assertEquals(0, engine.answer(request).generation().reusedTokens());
      assertEquals(96, engine.answer(request).generation().reusedTokens());
      assertEquals(0, engine.answer(request.withAdapter(adapter)).generation().reusedTokens());
      var other = prompt.clone();
      other[40] = 3 + (other[40] - 2) % (TinyModel.VOCAB - 3);
      var changed = Request.of(other, SamplingOptions.greedy(5));
      assertEquals(32, engine.answer(changed).generation().reusedTokens());
    }
  }

  /// Even where all come at the same time.
  @Test
  void aCommonBeginningIsSharedWhileItIsComputed() throws CheckpointException {
    int[] prompt = new SplittableRandom(1).ints(100, 3, TinyModel.VOCAB).toArray();
    try (var model = TinyModel.random(tokenizer, 1);
        var engine = RunningEngine.start(model, options())) {
      var request = Request.of(prompt, SamplingOptions.greedy(5));
      var answers = together(engine, List.of(request, request, request, request));
      int reused = answers.stream().mapToInt(a -> a.generation().reusedTokens()).sum();
      assertTrue(reused >= 3 * 32, () -> "only " + reused + " tokens were shared");
      assertEquals(
          Optional.empty(),
          answers.stream()
              .filter(a -> !a.generation().ids().equals(answers.getFirst().generation().ids()))
              .findAny());
    }
  }
}
