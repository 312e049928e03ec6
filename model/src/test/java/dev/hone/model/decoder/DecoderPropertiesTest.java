package dev.hone.model.decoder;

import static dev.hone.testkit.Close.assertMaxRelativeError;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.hone.model.decoder.TinyModel.Pass;
import dev.hone.model.decoder.Workspace.Mode;
import dev.hone.tensor.ArenaAllocator;
import dev.hone.tensor.CrossEntropy.Score;
import dev.hone.tensor.MemoryPlan;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.Workers;
import dev.hone.testkit.Seeds;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What holds for every model and every batch; every model has adapters of different ranks, and all
/// that can be trained is trained.
class DecoderPropertiesTest {
  /// Sums over rows are taken in another order: 10⁻⁵ of the largest gradient.
  @ParameterizedTest
  @Seeds(10)
  void packedEqualsOneRowAtATime(long seed) {
    var random = new SplittableRandom(seed);
    var model = TinyModel.random(random);
    var ws = model.workspace(Mode.TRAINING, 0f);
    var rows = model.rows(random, 6);
    var alone = rows.stream().map(row -> TinyModel.batch(row)).toArray(PackedBatch[]::new);
    assertSame(model.pass(ws, 0, alone), model.pass(ws, 0, TinyModel.batch(rows)), 1e-5);
    var packed = model.logits(ws, TinyModel.batch(rows));
    int at = 0;
    for (var row : alone) {
      var expected = model.logits(ws, row);
      assertMaxRelativeError(expected, Arrays.copyOfRange(packed, at, at + expected.length), 1e-5);
      at += expected.length;
    }
  }

  @ParameterizedTest
  @Seeds(10)
  void microBatchesEqualOneBatch(long seed) {
    var random = new SplittableRandom(seed);
    var model = TinyModel.random(random);
    var ws = model.workspace(random.nextBoolean() ? Mode.TRAINING : Mode.RECOMPUTE, 0f);
    var rows = model.rows(random, 7);
    var micro = new ArrayList<PackedBatch>();
    int from = 0;
    while (from < rows.size()) {
      int to = random.nextInt(from, rows.size()) + 1;
      micro.add(TinyModel.batch(rows.subList(from, to)));
      from = to;
    }
    assertSame(
        model.pass(ws, 0, TinyModel.batch(rows)),
        model.pass(ws, 0, micro.toArray(PackedBatch[]::new)),
        1e-5);
  }

  private static void assertSame(Pass expected, Pass actual, double rtol) {
    double loss = expected.score().lossSum();
    assertEquals(loss, actual.score().lossSum(), rtol * loss);
    assertEquals(expected.score().correct(), actual.score().correct());
    assertMaxRelativeError(expected.gradients(), actual.gradients(), rtol);
  }

  @ParameterizedTest
  @Seeds(10)
  void recomputationGivesTheBitsOfTraining(long seed) {
    var random = new SplittableRandom(seed);
    var model = TinyModel.random(random);
    for (float dropout : new float[] {0f, 0.3f}) {
      var batch = TinyModel.batch(model.rows(random, 5));
      assertBits(
          model.pass(model.workspace(Mode.TRAINING, dropout), seed, batch),
          model.pass(model.workspace(Mode.RECOMPUTE, dropout), seed, batch));
    }
  }

  private static void assertBits(Pass expected, Pass actual) {
    assertEquals(expected.score(), actual.score());
    assertArrayEquals(expected.gradients(), actual.gradients());
  }

  @ParameterizedTest
  @Seeds(5)
  void scoringGivesTheLossOfTraining(long seed) {
    var random = new SplittableRandom(seed);
    var model = TinyModel.random(random);
    var batch = TinyModel.batch(model.rows(random, 5));
    var trained = model.pass(model.workspace(Mode.TRAINING, 0f), 0, batch).score();
    assertEquals(trained, model.decoder.score(batch, model.workspace(Mode.INFERENCE, 0f)));
    assertEquals(trained, model.decoder.score(batch, model.workspace(Mode.INFERENCE, 0.5f)));
    assertEquals(trained, model.decoder.score(batch, model.workspace(Mode.TRAINING, 0.5f)));
  }

  /// Along one random direction per parameter, by differences of two widths, extrapolated: what is
  /// left is the rounding of a loss of about 10² in f32 logits over 10⁻³.
  @ParameterizedTest
  @Seeds(3)
  void gradientsEqualCentralDifferencesUnderDropoutToo(long seed) {
    var random = new SplittableRandom(seed);
    var model = TinyModel.random(random);
    var batch = TinyModel.batch(model.rows(random, 4));
    for (float dropout : new float[] {0f, 0.4f}) {
      var ws = model.workspace(Mode.TRAINING, dropout);
      var set = model.gradients(true, true);
      ws.seedDropout(seed);
      model.decoder.scoreAndBackward(batch, ws, DecoderGradients.of(model.config, set));
      for (var p : set.parameters()) {
        var direction = direction(random, (int) p.size());
        var parameter = model.parameter(p.name());
        var old = parameter.toArray();
        DoubleUnaryOperator loss =
            step -> lossAt(model, batch, ws, seed, parameter, old, direction, step);
        double expected = (4 * slope(loss, 1e-3) - slope(loss, 2e-3)) / 3;
        parameter.copyFrom(old);
        model.decoder.magnitudesChanged();
        double actual = dot(set.get(p.name()).toArray(), direction);
        assertEquals(expected, actual, 0.03 + 0.005 * Math.abs(expected), p.name());
      }
    }
  }

  private static double slope(DoubleUnaryOperator f, double step) {
    return (f.applyAsDouble(step) - f.applyAsDouble(-step)) / (2 * step);
  }

  private static double lossAt(
      TinyModel model,
      PackedBatch batch,
      Workspace ws,
      long seed,
      Tensor parameter,
      float[] old,
      float[] direction,
      double step) {
    var moved = old.clone();
    for (int i = 0; i < old.length; i++) {
      moved[i] += (float) (step * direction[i]);
    }
    parameter.copyFrom(moved);
    ws.seedDropout(seed);
    var unused = DecoderGradients.of(model.config, model.gradients(true, true));
    model.decoder.magnitudesChanged(); // the rows' lengths stay: they count as constants
    return model.decoder.scoreAndBackward(batch, ws, unused).lossSum();
  }

  /// Of length 1.
  private static float[] direction(SplittableRandom random, int n) {
    var direction = new float[n];
    for (int i = 0; i < n; i++) {
      direction[i] = (float) random.nextGaussian();
    }
    double length = Math.sqrt(dot(direction, direction));
    for (int i = 0; i < n; i++) {
      direction[i] /= (float) length;
    }
    return direction;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  @ParameterizedTest
  @Seeds(3)
  void dropoutMasksDependOnTheSeed(long seed) {
    var random = new SplittableRandom(seed);
    var model = TinyModel.random(random);
    var batch = TinyModel.batch(model.rows(random, 4));
    var ws = model.workspace(Mode.TRAINING, 0.3f);
    var first = model.pass(ws, 1, batch);
    var second = model.pass(ws, 2, batch);
    assertFalse(first.score().lossSum() == second.score().lossSum());
    assertBits(first, model.pass(ws, 1, batch));
  }

  /// Chunks of every size on top of the cache, the last few tokens taken back and given again.
  @ParameterizedTest
  @Seeds(10)
  void decodingWithCacheEqualsTheFullPass(long seed) {
    var random = new SplittableRandom(seed);
    var model = TinyModel.random(random);
    var row = random.ints(TinyModel.MAX_ROW, 0, model.config.vocabSize()).toArray();
    int vocab = model.config.vocabSize();
    var full = model.logits(model.workspace(Mode.INFERENCE, 0f), TinyModel.batch(row));
    var logits = model.logits(1);
    try (var workers = new Workers(1 + random.nextInt(3))) {
      var decoder = model.cached(workers);
      var cache = decoder.cache();
      while (cache.length() < row.length) {
        int from = cache.length();
        int n = random.nextInt(1, Math.min(random.nextInt(2) * 70 + 2, row.length - from + 1));
        decoder.extend(Arrays.copyOfRange(row, from, from + n + 1), n, logits);
        assertEquals(from + n, cache.length());
        int last = from + n - 1;
        assertMaxRelativeError(
            Arrays.copyOfRange(full, last * vocab, (last + 1) * vocab), logits.toArray(), 1e-5);
        if (random.nextInt(4) == 0) {
          cache.truncate(random.nextInt(from, from + n + 1));
        }
      }
    }
  }

  @ParameterizedTest
  @Seeds(3)
  void decodingTokenByTokenEqualsTheFullPassAtEveryPosition(long seed) {
    var random = new SplittableRandom(seed);
    var model = TinyModel.random(random);
    var row = random.ints(70, 0, model.config.vocabSize()).toArray();
    int vocab = model.config.vocabSize();
    var full = model.logits(model.workspace(Mode.INFERENCE, 0f), TinyModel.batch(row));
    var logits = model.logits(1);
    try (var workers = new Workers(2)) {
      var decoder = model.cached(workers);
      for (int t = 0; t < row.length; t++) {
        decoder.extend(new int[] {row[t]}, 1, logits);
        assertMaxRelativeError(
            Arrays.copyOfRange(full, t * vocab, (t + 1) * vocab), logits.toArray(), 1e-5);
      }
    }
  }

  /// Wide enough that every product is cut; a prompt of more than one tile, then single tokens.
  @ParameterizedTest
  @Seeds(5)
  void anyNumberOfThreadsDecodesToTheSameBits(long seed) {
    var random = new SplittableRandom(seed);
    var model = TinyModel.wide(random);
    var prompt = random.ints(150, 0, model.config.vocabSize()).toArray();
    var expected = decoded(model, prompt, 1);
    assertArrayEquals(expected, decoded(model, prompt, 2));
    assertArrayEquals(expected, decoded(model, prompt, 3));
  }

  /// Logits after the prompt and after each of ten more tokens.
  private static float[] decoded(TinyModel model, int[] prompt, int threads) {
    int vocab = model.config.vocabSize();
    var all = new float[11 * vocab];
    var logits = model.logits(1);
    try (var workers = new Workers(threads)) {
      var decoder = model.cached(workers);
      decoder.extend(prompt, prompt.length, logits);
      for (int t = 0; t < 11; t++) {
        System.arraycopy(logits.toArray(), 0, all, t * vocab, vocab);
        decoder.extend(new int[] {7 * t}, 1, logits);
      }
    }
    return all;
  }

  @Test
  void extensionsThatDoNotFitAreRefusedAndLeaveTheCacheAlone() {
    var model = TinyModel.random(new SplittableRandom(1));
    var logits = model.logits(1);
    try (var workers = new Workers(1)) {
      var decoder = model.cached(workers);
      var cache = decoder.cache();
      int most = decoder.maxTokens();
      assertThrows(
          IllegalArgumentException.class,
          () -> decoder.extend(new int[most + 1], most + 1, logits));
      assertThrows(IllegalArgumentException.class, () -> decoder.extend(new int[0], 0, logits));
      decoder.extend(new int[most], most, logits);
      assertThrows(IllegalArgumentException.class, () -> decoder.extend(new int[2], 2, logits));
      assertEquals(most, cache.length());
      assertThrows(IllegalArgumentException.class, () -> cache.truncate(most + 1));
    }
  }

  @Test
  void inferenceWorkspaceHasNoBackward() {
    var model = TinyModel.random(new SplittableRandom(1));
    var ws = model.workspace(Mode.INFERENCE, 0f);
    assertThrows(
        IllegalArgumentException.class, () -> model.pass(ws, 0, TinyModel.batch(new int[] {1, 2})));
  }

  @ParameterizedTest
  @Seeds(5)
  void adapterWithZeroBChangesNothing(long seed) {
    var random = new SplittableRandom(seed);
    var model = TinyModel.random(random);
    for (var p : model.adapterParameters.parameters()) {
      if (p.name().endsWith("lora_B.weight")) {
        model.adapterParameters.get(p.name()).clear();
      }
    }
    model.decoder.adapterChanged();
    model.decoder.startMagnitudes();
    var batch = TinyModel.batch(model.rows(random, 4));
    var ws = model.workspace(Mode.INFERENCE, 0f);
    var base =
        Decoder.of(
            model.config,
            BaseWeights.of(model.weights),
            new ArenaAllocator(Arena.ofAuto()),
            TinyModel.MAX_ROW);
    var expected = model.logits(batch.numTokens());
    base.logits(batch, ws, expected);
    var actual = model.logits(ws, batch);
    if (model.adapter.hasMagnitudes()) {
      assertMaxRelativeError(expected.toArray(), actual, 1e-5); // sums in another order
    } else {
      assertArrayEquals(expected.toArray(), actual);
    }
  }

  @ParameterizedTest
  @Seeds(5)
  void threadsOnOneDecoderDoNotDisturbEachOther(long seed) throws Exception {
    var random = new SplittableRandom(seed);
    var model = TinyModel.random(random);
    var batches =
        List.of(TinyModel.batch(model.rows(random, 6)), TinyModel.batch(model.rows(random, 6)));
    var expected =
        batches.stream()
            .map(b -> model.pass(model.workspace(Mode.TRAINING, 0.2f), seed, b))
            .toList();
    var barrier = new CyclicBarrier(2);
    var running = new ArrayList<CompletableFuture<Void>>();
    for (int i = 0; i < 2; i++) {
      int worker = i;
      var ws = model.workspace(Mode.TRAINING, 0.2f);
      running.add(
          CompletableFuture.runAsync(
              () -> {
                for (int round = 0; round < 5; round++) {
                  await(barrier);
                  assertBits(expected.get(worker), model.pass(ws, seed, batches.get(worker)));
                }
              },
              task -> Thread.ofPlatform().start(task)));
    }
    for (var worker : running) {
      worker.get();
    }
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /// A workspace that a longer batch went through is as good as a fresh one.
  @ParameterizedTest
  @Seeds(5)
  void samePassGivesTheSameBitsWhateverRanBefore(long seed) {
    var random = new SplittableRandom(seed);
    var model = TinyModel.random(random);
    var batch = TinyModel.batch(model.rows(random, 4));
    var longer = TinyModel.batch(model.rows(random, 7));
    for (var mode : List.of(Mode.TRAINING, Mode.RECOMPUTE)) {
      var ws = model.workspace(mode, 0.1f);
      var fresh = model.pass(ws, seed, batch);
      model.pass(ws, seed + 1, longer);
      model.logits(ws, longer);
      assertBits(fresh, model.pass(ws, seed, batch));
    }
  }

  @ParameterizedTest
  @Seeds(3)
  void frozenParametersGetNoGradientAndTrainedOnesTheSame(long seed) {
    var random = new SplittableRandom(seed);
    var model = TinyModel.random(random);
    var ws = model.workspace(Mode.TRAINING, 0.1f);
    var batch = TinyModel.batch(model.rows(random, 5));
    var weightsBefore = model.weights.flat().toArray();
    var all = gradients(model, ws, batch, true, true);
    for (boolean full : new boolean[] {true, false}) {
      var some = gradients(model, ws, batch, full, !full);
      for (var p : some.parameters()) {
        assertArrayEquals(all.get(p.name()).toArray(), some.get(p.name()).toArray(), p.name());
      }
    }
    assertArrayEquals(weightsBefore, model.weights.flat().toArray());
  }

  private static ParameterSet gradients(
      TinyModel model, Workspace ws, PackedBatch batch, boolean ofWeights, boolean ofAdapter) {
    var set = model.gradients(ofWeights, ofAdapter);
    ws.seedDropout(5);
    model.decoder.scoreAndBackward(batch, ws, DecoderGradients.of(model.config, set));
    return set;
  }

  @ParameterizedTest
  @EnumSource(names = "INFERENCE", mode = EnumSource.Mode.EXCLUDE)
  void batchWithoutTargetsCostsNothing(Mode mode) {
    var model = TinyModel.random(new SplittableRandom(2));
    var pass =
        model.pass(
            model.workspace(mode, 0f), 0, TinyModel.batch(new int[] {1}, new int[] {3, 5, 10}));
    assertEquals(0, pass.score().lossSum());
    assertArrayEquals(new float[pass.gradients().length], pass.gradients());
  }

  /// With so large a vocabulary the head works on 13 positions at a time.
  @Test
  void headInChunksEqualsTheHeadAtOnce() {
    var random = new SplittableRandom(3);
    var model = TinyModel.withVocab(random, 320_000);
    var ws = model.workspace(Mode.TRAINING, 0f);
    assertEquals(13, ws.head.logits().rows());
    var rows =
        List.of(random.ints(30, 0, 320_000).toArray(), random.ints(11, 0, 320_000).toArray());
    var whole = scoreAndNormGradient(model, ws, List.of(TinyModel.batch(rows)));
    var pieces = new ArrayList<PackedBatch>();
    for (int from = 0; from < 29; from += 12) {
      int first = from;
      var piece = new PackedBatch(TinyModel.MAX_TOKENS, 1);
      piece.addRow(
          rows.getFirst(), 30, t -> t > first && t <= first + 12 && rows.getFirst()[t] % 5 != 0);
      pieces.add(piece);
    }
    pieces.add(TinyModel.batch(rows.get(1)));
    assertSame(scoreAndNormGradient(model, ws, pieces), whole, 1e-5);
  }

  /// The gradients of the norms and biases, which see the whole head; those of the embedding would
  /// take long.
  private static Pass scoreAndNormGradient(
      TinyModel model, Workspace ws, List<PackedBatch> batches) {
    var vectors = model.weights.parameters().stream().filter(Parameter::vector).toList();
    var set = ParameterSet.allocate(new ArenaAllocator(Arena.ofAuto()), "gradients", vectors);
    var gradients = DecoderGradients.of(model.config, set);
    var score = Score.NONE;
    for (var batch : batches) {
      score = score.plus(model.decoder.scoreAndBackward(batch, ws, gradients));
    }
    return new Pass(score, set.flat().toArray());
  }

  @ParameterizedTest
  @Seeds(5)
  void planCountsWhatAWorkspaceGets(long seed) {
    var model = TinyModel.random(new SplittableRandom(seed));
    for (var mode : Mode.values()) {
      for (float dropout : new float[] {0f, 0.5f}) {
        var plan = new MemoryPlan();
        model.workspace(plan, mode, dropout);
        var sizes = new ArrayList<Long>();
        try (var arena = Arena.ofConfined()) {
          model.workspace(
              (name, rows, cols) -> {
                var x = new ArenaAllocator(arena).f32(name, rows, cols);
                sizes.add(x.data().byteSize());
                return x;
              },
              mode,
              dropout);
        }
        assertEquals(sizes.stream().mapToLong(Long::longValue).sum(), plan.byteSize(), mode.name());
      }
    }
  }

  @Test
  void recomputationNeedsLessMemoryThanTrainingAndMoreThanInference() {
    var model = TinyModel.random(new SplittableRandom(4));
    var bytes = new ArrayList<Long>();
    for (var mode : List.of(Mode.INFERENCE, Mode.RECOMPUTE, Mode.TRAINING)) {
      var plan = new MemoryPlan();
      model.workspace(plan, mode, 0f);
      bytes.add(plan.byteSize());
    }
    assertEquals(bytes.stream().sorted().distinct().toList(), bytes);
  }

  @Test
  void parametersCanBePlannedToo() {
    var model = TinyModel.random(new SplittableRandom(6));
    var plan = new MemoryPlan();
    ParameterSet.allocate(plan, "weights", BaseWeights.parameters(model.config));
    KvCache.allocate(plan, model.config, TinyModel.MAX_ROW);
    long cache =
        2L * model.config.numLayers() * TinyModel.MAX_ROW * model.config.kvDim() * Float.BYTES;
    assertEquals(model.weights.flat().data().byteSize() + cache, plan.byteSize());
  }
}
