package dev.hone.model.decoder;

import static dev.hone.testkit.Close.assertMaxRelativeError;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.tensor.Allocator;
import dev.hone.tensor.ArenaAllocator;
import dev.hone.tensor.CrossEntropy.Score;
import dev.hone.tensor.IntegerProduct;
import dev.hone.tensor.MemoryPlan;
import dev.hone.tensor.RoundedMatrix;
import dev.hone.tensor.Workers;
import dev.hone.testkit.Seeds;
import java.lang.foreign.Arena;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/// A base in fewer bits is the float32 model of its rounded weights.
class NarrowBaseTest {
  private final Allocator memory = new ArenaAllocator(Arena.ofAuto());

  /// A tiny model with its matrices rounded, and the same with the rounded values in float32.
  private final class Rounded {
    final TinyModel model;
    final BaseDtype dtype;
    final Decoder narrow;

    Rounded(SplittableRandom random, BaseDtype dtype) {
      this(TinyModel.random(random), dtype);
    }

    Rounded(TinyModel model, BaseDtype dtype) {
      this.model = model;
      this.dtype = dtype;
      var weights = BaseWeights.allocate(model.config, dtype, memory);
      for (var p : model.weights.parameters()) {
        var exact = model.weights.get(p.name());
        if (weights.vector(p.name()).isPresent()) {
          weights.vector(p.name()).get().copyFrom(exact.toArray());
        } else {
          var matrix = (RoundedMatrix) weights.matrix(p.name()).orElseThrow();
          matrix.put(exact, 0);
          matrix.widen(0, (int) p.rows(), exact);
        }
      }
      narrow =
          Decoder.of(model.config, weights, memory, TinyModel.MAX_ROW)
              .withAdapter(model.adapter, model.adapterParameters, memory);
      model.decoder.adapterChanged(); // its weights were rounded
    }

    Workspace workspace(Workspace.Mode mode, Optional<IntegerProduct> integers) {
      return Workspace.allocate(
          memory,
          model.config,
          dtype,
          model.adapter,
          mode,
          TinyModel.MAX_TOKENS,
          TinyModel.MAX_ROW,
          0f,
          integers);
    }

    TinyModel.Pass pass(Decoder decoder, Workspace ws, PackedBatch batch) {
      var set = model.gradients(false, true);
      var score = decoder.scoreAndBackward(batch, ws, DecoderGradients.of(model.config, set));
      return new TinyModel.Pass(score, set.flat().toArray());
    }
  }

  private static void assertClose(TinyModel.Pass expected, TinyModel.Pass actual, double rtol) {
    double loss = expected.score().lossSum();
    assertEquals(loss, actual.score().lossSum(), rtol * loss);
    assertMaxRelativeError(expected.gradients(), actual.gradients(), rtol);
  }

  @ParameterizedTest
  @Seeds(10)
  void scoresAndGradientsAreThoseOfTheRoundedWeights(long seed) {
    var random = new SplittableRandom(seed);
    var r = new Rounded(random, seed % 2 == 0 ? BaseDtype.INT8 : BaseDtype.BFLOAT16);
    var batch = TinyModel.batch(r.model.rows(random, 6));
    var expected = r.pass(r.model.decoder, r.model.workspace(Workspace.Mode.TRAINING, 0f), batch);
    var ws = r.workspace(Workspace.Mode.TRAINING, Optional.empty());
    assertClose(expected, r.pass(r.narrow, ws, batch), 1e-5);
  }

  /// Activations rounded to 8 bits are off by up to 1/254 of a row's largest, layer upon layer,
  /// which random weights multiply, most where nothing normalises what a layer gets; what counts is
  /// where the gradient points.
  @ParameterizedTest
  @Seeds(10)
  void integersGiveNearlyTheSameGradients(long seed) {
    var random = new SplittableRandom(seed);
    var r = new Rounded(TinyModel.llama(random), BaseDtype.INT8);
    var batch = TinyModel.batch(r.model.rows(random, 6));
    var exact = r.pass(r.narrow, r.workspace(Workspace.Mode.TRAINING, Optional.empty()), batch);
    var integers = Optional.of(IntegerProduct.PLAIN);
    var ws = r.workspace(Workspace.Mode.TRAINING, integers);
    var rounded = r.pass(r.narrow, ws, batch);
    double loss = exact.score().lossSum();
    assertEquals(loss, rounded.score().lossSum(), 0.02 * loss);
    double cosine = cosine(exact.gradients(), rounded.gradients());
    assertTrue(cosine > 0.95 && cosine < 1 - 1e-9, "cosine " + cosine);
    var again = r.pass(r.narrow, r.workspace(Workspace.Mode.RECOMPUTE, integers), batch);
    assertEquals(rounded.score(), again.score());
    assertArrayEquals(rounded.gradients(), again.gradients());
  }

  private static double cosine(float[] a, float[] b) {
    double product = 0;
    double ofA = 0;
    double ofB = 0;
    for (int i = 0; i < a.length; i++) {
      product += (double) a[i] * b[i];
      ofA += (double) a[i] * a[i];
      ofB += (double) b[i] * b[i];
    }
    return product / Math.sqrt(ofA * ofB);
  }

  /// What is measured, proven and served must not depend on the processor.
  @ParameterizedTest
  @Seeds(5)
  void scoringNeverRoundsActivations(long seed) {
    var random = new SplittableRandom(seed);
    var r = new Rounded(random, BaseDtype.INT8);
    var batch = TinyModel.batch(r.model.rows(random, 6));
    var ws = r.workspace(Workspace.Mode.TRAINING, Optional.of(IntegerProduct.PLAIN));
    r.pass(r.narrow, ws, batch);
    Score scored = r.narrow.score(batch, ws);
    assertEquals(
        r.narrow.score(batch, r.workspace(Workspace.Mode.INFERENCE, Optional.empty())), scored);
  }

  /// Token by token the weights stream by unwidened, in whole passes block by block.
  @ParameterizedTest
  @Seeds(6)
  void decodingWithACacheEqualsTheWholePass(long seed) {
    var random = new SplittableRandom(seed);
    var r = new Rounded(random, seed % 2 == 0 ? BaseDtype.INT8 : BaseDtype.BFLOAT16);
    var ws = r.workspace(Workspace.Mode.INFERENCE, Optional.empty());
    var row = r.model.rows(random, 3).getLast();
    var whole = r.model.logits(row.length);
    r.narrow.logits(TinyModel.batch(row), ws, whole);
    var logits = r.model.logits(1);
    try (var workers = new Workers(2)) {
      var cached =
          CachedDecoder.allocate(memory, r.narrow, r.model.adapter, 1, row.length, workers);
      for (int t = 0; t < row.length; t++) {
        cached.extend(new int[] {row[t]}, 1, logits);
        assertMaxRelativeError(whole.rows(t, t + 1).toArray(), logits.toArray(), 1e-5);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(BaseDtype.class)
  void matricesTakeTheirBitsAndVectorsStayFloats(BaseDtype dtype) {
    var config = TinyModel.random(new SplittableRandom(1)).config;
    var plan = new MemoryPlan();
    BaseWeights.allocate(config, dtype, plan);
    long expected = 0;
    for (var p : BaseWeights.parameters(config)) {
      expected +=
          p.vector()
              ? p.size() * Float.BYTES
              : switch (dtype) {
                case FLOAT32 -> p.size() * Float.BYTES;
                case BFLOAT16 -> p.size() * Short.BYTES;
                case STORED -> 0;
                case INT8 -> Math.ceilDiv(p.size(), 4) * 4 + p.rows() * Float.BYTES;
              };
    }
    assertEquals(expected, plan.byteSize());
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "FLOAT32")
  void narrowWeightsAreNotTrained(BaseDtype dtype) {
    var config = TinyModel.random(new SplittableRandom(1)).config;
    var weights = BaseWeights.allocate(config, dtype, memory);
    assertThrows(IllegalStateException.class, weights::float32);
  }
}
