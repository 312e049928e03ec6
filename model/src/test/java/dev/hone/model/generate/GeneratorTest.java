package dev.hone.model.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import dev.hone.model.decoder.GoldenModel;
import dev.hone.model.text.Tokenizer;
import dev.hone.tensor.MemoryPlan;
import dev.hone.tensor.Workers;
import dev.hone.testkit.Seeds;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GeneratorTest {
  private static Tokenizer tokenizer;

  @BeforeAll
  static void writeTokenizer(@TempDir Path dir) {
    tokenizer = TinyModel.byteLevel(dir);
  }

  private static SamplingOptions warm(int maxTokens, long seed) {
    return SamplingOptions.greedy(maxTokens).withTemperature(1.2).withTopP(0.95).withSeed(seed);
  }

  private static int[] randomIds(SplittableRandom random, int length) {
    return random.ints(length, 3, TinyModel.VOCAB).toArray();
  }

  private static int[] concat(int[] a, int... b) {
    return IntStream.concat(Arrays.stream(a), Arrays.stream(b)).toArray();
  }

  private static int[] array(List<Integer> ids) {
    return ids.stream().mapToInt(id -> id).toArray();
  }

  /// Generates with a model that recites `text` and EOS, and collects what it streams.
  private static Recital recite(String text, SamplingOptions options) {
    var bytes = TinyModel.bytes(text);
    try (var model = TinyModel.reciting(tokenizer, concat(bytes, TinyModel.EOS))) {
      var pieces = new ArrayList<String>();
      var prompt = new int[] {bytes[0]};
      return new Recital(
          model.generator(40).generate(prompt, options, pieces::add, () -> false), pieces);
    }
  }

  private record Recital(Generation generation, List<String> pieces) {}

  @ParameterizedTest
  @ValueSource(strings = {"1.0", "1.3"})
  void greedyAnswersMatchTransformers(String penalty) {
    try (var arena = Arena.ofShared();
        var workers = new Workers(2)) {
      var golden = new GoldenModel("sampling/generate", arena); // by tools/parity/sampling.py
      var generator =
          Generator.allocate(
              golden.memory, golden.decoder(), golden.adapter, tokenizer, 64, workers);
      var options = SamplingOptions.greedy(40).withRepetitionPenalty(Double.parseDouble(penalty));
      var expected = Arrays.stream(golden.golden.i32("greedy_" + penalty)).boxed().toList();
      assertEquals(expected, generator.generate(golden.golden.i32("prompt"), options).ids());
    }
  }

  @Test
  void whatIsPlannedIsWhatIsAllocated() {
    try (var arena = Arena.ofShared();
        var workers = new Workers(3)) {
      var golden = new GoldenModel("sampling/generate", arena);
      var decoder = golden.decoder();
      var allocated = new MemoryPlan();
      Generator.allocate(allocated, decoder, golden.adapter, tokenizer, 64, workers);
      var planned = new MemoryPlan();
      Generator.plan(planned, decoder.config(), decoder.baseDtype(), golden.adapter, 64, 3);
      assertEquals(allocated.bytesByName(), planned.bytesByName());
    }
  }

  @ParameterizedTest
  @Seeds(5)
  void aCacheGivesWhatAFullPassGives(long seed) {
    var random = new SplittableRandom(seed);
    try (var model = TinyModel.random(tokenizer, seed)) {
      var prompt = randomIds(random, 1 + random.nextInt(40));
      var ids = model.generator(100).generate(prompt, SamplingOptions.greedy(20)).ids();
      var all = prompt;
      for (int id : ids) {
        assertEquals(
            new Sampler(SamplingOptions.greedy(1), TinyModel.VOCAB).next(model.recompute(all)), id);
        all = concat(all, id);
      }
      assertEquals(20, ids.size());
    }
  }

  @Test
  void aPromptOfSeveralChunksIsRunWhole() {
    try (var model = TinyModel.random(tokenizer, 1)) {
      var prompt = randomIds(new SplittableRandom(1), 600);
      var first = model.generator(601).generate(prompt, SamplingOptions.greedy(5));
      assertEquals(
          List.of(
              new Sampler(SamplingOptions.greedy(1), TinyModel.VOCAB)
                  .next(model.recompute(prompt))),
          first.ids());
      assertEquals(600, first.promptTokens());
      assertEquals(FinishReason.LENGTH, first.finishReason(), "the context is full");
    }
  }

  @ParameterizedTest
  @Seeds(10)
  void streamedPiecesAreTheText(long seed) {
    try (var model = TinyModel.random(tokenizer, seed)) {
      var pieces = new StringBuilder();
      var prompt = randomIds(new SplittableRandom(seed), 5);
      var result =
          model.generator(100).generate(prompt, warm(60, seed), pieces::append, () -> false);
      assertEquals(result.text(), pieces.toString());
      assertEquals(tokenizer.decode(array(result.ids()), true), result.text());
      assertEquals(60, result.generatedTokens());
      assertFalse(result.prefill().isNegative() || result.decode().isZero());
    }
  }

  @Test
  void theSeedDecides() {
    try (var model = TinyModel.random(tokenizer, 3)) {
      int[] prompt = {5, 6, 7};
      var ids = model.generator(100).generate(prompt, warm(40, 1)).ids();
      assertEquals(ids, model.generator(100).generate(prompt, warm(40, 1)).ids());
      assertNotEquals(ids, model.generator(100).generate(prompt, warm(40, 2)).ids());
    }
  }

  @Test
  void aCharacterOfSeveralTokensComesWhole() {
    var recital =
        recite(
            "ok \uD83D\uDE00\u00E9!",
            SamplingOptions.greedy(20).withStopIds(Set.of(TinyModel.EOS)));
    assertEquals(List.of("k", " ", "\uD83D\uDE00", "\u00E9", "!"), recital.pieces());
  }

  @Test
  void aCharacterThatTheLimitCutsIsShownAsSuch() {
    var recital = recite("a\uD83D\uDE00", SamplingOptions.greedy(3));
    assertEquals("\uFFFD", recital.generation().text());
    assertEquals(List.of("\uFFFD"), recital.pieces());
    assertEquals(FinishReason.LENGTH, recital.generation().finishReason());
  }

  @Test
  void aStopIdEndsAndIsNotEmitted() {
    var result =
        recite("stop", SamplingOptions.greedy(20).withStopIds(Set.of(TinyModel.EOS))).generation();
    assertEquals("top", result.text());
    assertEquals(3, result.ids().size());
    assertEquals(4, result.generatedTokens());
    assertEquals(1, result.promptTokens());
    assertEquals(FinishReason.STOP, result.finishReason());
  }

  @Test
  void aStopStringOverSeveralTokensIsCutAway() {
    var recital = recite("abc-XY.de", SamplingOptions.greedy(20).withStop(List.of("-XY.")));
    assertEquals(List.of("b", "c"), recital.pieces());
    assertEquals("bc", recital.generation().text());
    assertEquals(6, recital.generation().generatedTokens());
    assertEquals(FinishReason.STOP, recital.generation().finishReason());
  }

  @Test
  void theBeginningOfAStopStringComesOutAtTheEnd() {
    var recital =
        recite(
            "abc-X", SamplingOptions.greedy(20).withStop(List.of("-XY.")).withStopIds(Set.of(2)));
    assertEquals("bc-X", recital.generation().text());
    assertEquals(List.of("b", "c", "-X"), recital.pieces());
  }

  @Test
  void theLimitCountsGeneratedTokens() {
    var result = recite("abcdef", SamplingOptions.greedy(3)).generation();
    assertEquals("bcd", result.text());
    assertEquals(3, result.generatedTokens());
    assertEquals(FinishReason.LENGTH, result.finishReason());
  }

  @Test
  void theContextsEndIsALimit() {
    try (var model = TinyModel.random(tokenizer, 2)) {
      var result = model.generator(10).generate(new int[] {4, 5, 6}, SamplingOptions.greedy(100));
      assertEquals(7, result.generatedTokens());
      assertEquals(FinishReason.LENGTH, result.finishReason());
    }
  }

  @Test
  void theCallerCanCancel() {
    try (var model = TinyModel.random(tokenizer, 2)) {
      var generator = model.generator(50);
      int[] asked = {0};
      var result =
          generator.generate(
              new int[] {4, 5}, SamplingOptions.greedy(20), text -> {}, () -> asked[0]++ == 4);
      assertEquals(FinishReason.CANCELLED, result.finishReason());
      assertEquals(3, result.generatedTokens(), "asked once for the prompt, then per token");
      var whole = generator.generate(new int[] {4, 5}, SamplingOptions.greedy(20)).ids();
      assertEquals(whole.subList(0, 3), result.ids());
    }
  }

  @Test
  void anInterruptCancelsAndStaysSet() {
    try (var model = TinyModel.random(tokenizer, 2)) {
      Thread.currentThread().interrupt();
      var result = model.generator(50).generate(new int[] {4, 5}, SamplingOptions.greedy(20));
      assertTrue(Thread.interrupted());
      assertEquals(FinishReason.CANCELLED, result.finishReason());
      assertEquals("", result.text());
    }
  }

  @ParameterizedTest
  @Seeds(10)
  void theNextTurnOfAChatGivesWhatItGivesAlone(long seed) {
    var random = new SplittableRandom(seed);
    try (var model = TinyModel.random(tokenizer, seed)) {
      var generator = model.generator(300);
      var conversation = randomIds(random, 10);
      for (int turn = 0; turn < 4; turn++) {
        var alone = model.generator(300).generate(conversation, warm(12, seed));
        var result = generator.generate(conversation, warm(12, seed));
        assertEquals(alone.ids(), result.ids(), "turn " + turn);
        assertEquals(0, alone.reusedTokens());
        if (turn > 0)
          assertTrue(
              result.reusedTokens() >= 10 + 18 * (turn - 1) + 11, "" + result.reusedTokens());
        conversation = concat(concat(conversation, array(result.ids())), randomIds(random, 6));
      }
    }
  }

  @Test
  void onlyTheCommonBeginningIsReused() {
    try (var model = TinyModel.random(tokenizer, 4)) {
      var generator = model.generator(60);
      generator.generate(new int[] {4, 5, 6, 7, 8}, SamplingOptions.greedy(8));
      int[] other = {4, 5, 6, 9, 8, 7};
      var result = generator.generate(other, SamplingOptions.greedy(8));
      assertEquals(3, result.reusedTokens());
      assertEquals(
          model.generator(60).generate(other, SamplingOptions.greedy(8)).ids(), result.ids());
      assertEquals(
          5,
          generator.generate(other, SamplingOptions.greedy(8)).reusedTokens(),
          "the last one is run again");
      generator.forget();
      assertEquals(0, generator.generate(other, SamplingOptions.greedy(8)).reusedTokens());
    }
  }

  @Test
  void aListenerThatFailsLeavesTheGeneratorUsable() {
    try (var model = TinyModel.random(tokenizer, 4)) {
      var generator = model.generator(60);
      int[] prompt = {4, 5, 6};
      assertThrows(
          CancellationException.class,
          () ->
              generator.generate(
                  prompt,
                  SamplingOptions.greedy(30),
                  text -> {
                    throw new CancellationException();
                  },
                  () -> false));
      assertEquals(
          model.generator(60).generate(prompt, SamplingOptions.greedy(30)).ids(),
          generator.generate(prompt, SamplingOptions.greedy(30)).ids());
    }
  }

  @Test
  void promptsThatCannotBeAnsweredAreRefused() {
    try (var model = TinyModel.random(tokenizer, 4)) {
      var generator = model.generator(8);
      var options = SamplingOptions.greedy(3);
      var empty = assertThrows(UsageException.class, () -> generator.generate(new int[0], options));
      assertEquals("the prompt has no tokens", empty.getMessage());
      var full = assertThrows(UsageException.class, () -> generator.generate(new int[8], options));
      assertEquals(
          "the prompt has 8 tokens, which leaves no room for an answer in the context of 8",
          full.getMessage());
      assertEquals(1, generator.generate(new int[7], options).generatedTokens());
      assertThrows(
          IllegalArgumentException.class,
          () -> generator.generate(new int[] {TinyModel.VOCAB}, options));
    }
  }
}
