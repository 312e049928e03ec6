package dev.hone.model.generate;

import static dev.hone.testkit.Close.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.hone.model.UsageException;
import dev.hone.testkit.Golden;
import dev.hone.testkit.Seeds;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SamplerTest {
  private static final SamplingOptions PLAIN = SamplingOptions.greedy(10).withTemperature(1);
  private static final Golden GOLDEN =
      Golden.load("sampling/processors"); // by tools/parity/sampling.py

  private static JsonNode settings() {
    return JsonMapper.shared().readTree(GOLDEN.metadata().get("settings"));
  }

  static Stream<String> cases() {
    return settings().propertyNames().stream();
  }

  private static SamplingOptions options(JsonNode settings) {
    return PLAIN
        .withTemperature(settings.get("temperature").asDouble())
        .withTopK(settings.get("top_k").asInt())
        .withTopP(settings.get("top_p").asDouble())
        .withMinP(settings.get("min_p").asDouble())
        .withRepetitionPenalty(settings.get("repetition_penalty").asDouble());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void probabilitiesMatchTransformers(String name) {
    var logits = GOLDEN.f32("logits");
    var expected = GOLDEN.f32(name);
    var sampler = new Sampler(options(settings().get(name)), logits.length);
    Arrays.stream(GOLDEN.i32("ids")).forEach(sampler::accept);
    var actual = sampler.candidates(MemorySegment.ofArray(logits)).probabilities();
    assertArrayEquals(positive(expected), positive(actual), "the same tokens are left");
    assertClose(expected, actual, 1e-5, 1e-9);
  }

  private static int[] positive(float[] probabilities) {
    return IntStream.range(0, probabilities.length).filter(i -> probabilities[i] > 0).toArray();
  }

  private static float[] probabilities(SamplingOptions options, float... logits) {
    return new Sampler(options, logits.length)
        .candidates(MemorySegment.ofArray(logits))
        .probabilities();
  }

  /// Logits of the probabilities 0.1, 0.4, 0.2, 0.3.
  private static float[] tenths() {
    return new float[] {
      (float) Math.log(1), (float) Math.log(4), (float) Math.log(2), (float) Math.log(3)
    };
  }

  @Test
  void topPKeepsTheTokenThatCrossesIt() {
    assertClose(
        new float[] {0, 4 / 7f, 0, 3 / 7f}, probabilities(PLAIN.withTopP(0.5), tenths()), 1e-6, 0);
    assertClose(
        new float[] {0, 4 / 9f, 2 / 9f, 3 / 9f},
        probabilities(PLAIN.withTopP(0.75), tenths()),
        1e-6,
        0);
    assertArrayEquals(new float[] {0, 1, 0, 0}, probabilities(PLAIN.withTopP(0), tenths()));
  }

  @Test
  void topKKeepsTiesWithTheLast() {
    assertArrayEquals(
        new float[] {0, 1 / 3f, 1 / 3f, 1 / 3f}, probabilities(PLAIN.withTopK(2), -1, 5, 5, 5));
  }

  @Test
  void minPIsRelativeToTheLikeliest() {
    assertClose(
        new float[] {0, 4 / 7f, 0, 3 / 7f}, probabilities(PLAIN.withMinP(0.6), tenths()), 1e-6, 0);
  }

  @Test
  void temperatureDividesLogits() {
    assertClose(
        new float[] {0.8f, 0.2f},
        probabilities(PLAIN.withTemperature(0.5), (float) Math.log(2), 0),
        1e-6,
        0);
  }

  @Test
  void penaltyCountsEachTokenOnceAndAlwaysLowers() {
    var sampler = new Sampler(SamplingOptions.greedy(10).withRepetitionPenalty(2), 4);
    sampler.accept(0);
    sampler.accept(0);
    sampler.accept(2);
    assertEquals(0, sampler.next(new float[] {4, 1.5f, -1, -9}), "4 / 2 is still the most");
    assertEquals(1, sampler.next(new float[] {2, 1.5f, 0, 0}), "2 / 2 is less than 1.5");
    assertEquals(3, sampler.next(new float[] {-3, -4, -2, -3.5f}), "negative ones double");
    assertEquals(3, new Sampler(SamplingOptions.greedy(10), 4).next(new float[] {1, 1, 1, 2}));
  }

  @Test
  void greedyTakesTheFirstOfEqualTokens() {
    var ties = new float[] {1, 7, 7, 0, 7};
    assertEquals(1, new Sampler(SamplingOptions.greedy(10), 5).next(ties));
    assertEquals(1, new Sampler(PLAIN.withTopP(0), 5).next(ties));
  }

  @Test
  void logitsAreLeftAsTheyAre() {
    var logits = tenths();
    new Sampler(PLAIN.withTemperature(3).withTopK(2), 4).next(logits);
    assertArrayEquals(tenths(), logits);
  }

  @Test
  void logitsThatAreNoNumbersAreRefused() {
    for (var bad :
        List.of(
            new float[] {1, Float.NaN},
            new float[] {1, Float.POSITIVE_INFINITY},
            new float[] {Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY})) {
      assertThrows(UsageException.class, () -> new Sampler(PLAIN, 2).next(bad));
    }
    assertEquals(1, new Sampler(PLAIN, 2).next(new float[] {Float.NEGATIVE_INFINITY, 0}));
    assertThrows(IllegalArgumentException.class, () -> new Sampler(PLAIN, 3).next(new float[2]));
  }

  @ParameterizedTest
  @Seeds(20)
  void selectionEqualsSorting(long seed) {
    var random = new SplittableRandom(seed);
    int vocabSize = random.nextInt(1, 300);
    var logits = new float[vocabSize];
    for (int i = 0; i < vocabSize; i++) {
      logits[i] = random.nextInt(-20, 20) / 4f; // many ties
    }
    int k = random.nextInt(1, 300);
    double p = random.nextDouble();
    var kept = sorted(logits, k, p);
    var options = PLAIN.withTopK(k).withTopP(p);
    assertArrayEquals(kept, positive(probabilities(options, logits)), "k %d p %s".formatted(k, p));
  }

  /// The ids that top-k and then top-p keep, by sorting everything.
  private static int[] sorted(float[] logits, int k, double p) {
    var order = new ArrayList<>(IntStream.range(0, logits.length).boxed().toList());
    order.sort(Comparator.comparing((Integer i) -> -logits[i]));
    if (k < logits.length) {
      float last = logits[order.get(k - 1)];
      order.removeIf(i -> logits[i] < last);
    }
    double sum = order.stream().mapToDouble(i -> Math.exp(logits[i])).sum();
    var kept = new ArrayList<Integer>();
    double mass = 0;
    for (int i : order) {
      if (kept.isEmpty() || mass / sum < p) kept.add(i);
      mass += Math.exp(logits[i]);
    }
    return kept.stream().mapToInt(i -> i).sorted().toArray();
  }

  @ParameterizedTest
  @Seeds(3)
  void drawsFollowTheProbabilities(long seed) {
    var sampler = new Sampler(PLAIN.withSeed(seed).withTopK(3), 4);
    int draws = 20_000;
    var shares = new float[4];
    for (int i = 0; i < draws; i++) {
      shares[sampler.next(tenths())] += 1f / draws;
    }
    assertClose(
        new float[] {0, 4 / 9f, 2 / 9f, 3 / 9f}, shares, 0, 0.02); // five standard deviations
  }

  @Test
  void theSeedDecides() {
    assertEquals(draws(PLAIN.withSeed(5)), draws(PLAIN.withSeed(5)));
    assertNotEquals(draws(PLAIN.withSeed(5)), draws(PLAIN.withSeed(6)));
    assertEquals(
        List.of(1, 3, 1, 0, 1, 1, 3, 2, 1, 2),
        draws(PLAIN.withSeed(5)).subList(0, 10),
        "as SplitMix64 worked out apart from Java");
  }

  private static List<Integer> draws(SamplingOptions options) {
    var sampler = new Sampler(options, 4);
    return IntStream.range(0, 50).mapToObj(i -> sampler.next(tenths())).toList();
  }
}
