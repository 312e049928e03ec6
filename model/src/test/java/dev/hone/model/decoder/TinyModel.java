package dev.hone.model.decoder;

import dev.hone.model.checkpoint.BlockForm;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.checkpoint.RopeScaling;
import dev.hone.model.decoder.Workspace.Mode;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.ArenaAllocator;
import dev.hone.tensor.CrossEntropy.Score;
import dev.hone.tensor.Glu;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.Workers;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/// A random model of a few thousand parameters, with an adapter of its own rank at every layer,
/// with magnitudes at some; its memory lives until nobody points at it.
final class TinyModel {
  static final int MAX_TOKENS = 256;
  static final int MAX_ROW = 176;
  private static final int LAYERS = 3;

  final ModelConfig config;
  final AdapterShape adapter;
  final ParameterSet weights;
  final ParameterSet adapterParameters;
  final Decoder decoder;
  private final Allocator memory = new ArenaAllocator(Arena.ofAuto());

  /// As [#random], of Llama's form.
  static TinyModel llama(SplittableRandom random) {
    var any = config(random, 37);
    var form = BlockForm.llama(LAYERS, any.headDim(), random.nextBoolean(), random.nextBoolean());
    var config =
        new ModelConfig(
            any.vocabSize(),
            any.hiddenSize(),
            any.intermediateSize(),
            LAYERS,
            any.numHeads(),
            any.numKvHeads(),
            any.headDim(),
            MAX_ROW,
            any.rmsNormEps(),
            any.ropeTheta(),
            any.ropeScaling(),
            any.tieWordEmbeddings(),
            form,
            any.bosTokenId(),
            any.eosTokenIds(),
            any.torchDtype());
    return new TinyModel(random, config, adapter(random, config));
  }

  private TinyModel(SplittableRandom random, ModelConfig config, AdapterShape adapter) {
    this.config = config;
    this.adapter = adapter;
    weights = ParameterSet.allocate(memory, "weights", BaseWeights.parameters(config));
    adapterParameters = ParameterSet.allocate(memory, "adapter", adapter.parameters(config));
    fill(random, weights);
    fill(random, adapterParameters);
    decoder =
        Decoder.of(config, BaseWeights.of(weights), memory, MAX_ROW)
            .withAdapter(adapter, adapterParameters, memory);
  }

  /// Tied or not, with or without biases, adapted at some of its layers.
  static TinyModel random(SplittableRandom random) {
    var config = config(random, 37);
    return new TinyModel(random, config, adapter(random, config));
  }

  /// Of matrices that threads share out.
  static TinyModel wide(SplittableRandom random) {
    var config = config(random, 300, 208, 400, 52);
    return new TinyModel(random, config, adapter(random, config));
  }

  static TinyModel withVocab(SplittableRandom random, int vocabSize) {
    return new TinyModel(random, config(random, vocabSize), AdapterShape.NONE);
  }

  /// Heads are wider than the residual stream over their number, so that no two widths agree by
  /// accident.
  private static ModelConfig config(SplittableRandom random, int vocabSize) {
    return config(random, vocabSize, 16, 22, 6);
  }

  private static ModelConfig config(
      SplittableRandom random, int vocabSize, int hiddenSize, int intermediateSize, int headDim) {
    int numKvHeads = 1 << random.nextInt(3);
    return new ModelConfig(
        vocabSize,
        hiddenSize,
        intermediateSize,
        LAYERS,
        4,
        numKvHeads,
        headDim,
        MAX_ROW,
        1e-5,
        10000,
        new RopeScaling.None(),
        random.nextBoolean(),
        random.nextBoolean()
            ? BlockForm.llama(LAYERS, headDim, random.nextBoolean(), random.nextBoolean())
            : form(random, headDim),
        OptionalInt.of(1),
        List.of(2),
        "float32");
  }

  /// Any that could be told, of no family in particular.
  private static BlockForm form(SplittableRandom random, int headDim) {
    return new BlockForm(
        "any",
        random.nextBoolean(),
        random.nextBoolean(),
        random.nextBoolean(),
        any(random, BlockForm.Norms.values()),
        any(random, BlockForm.HeadNorm.values()),
        random.nextInt(2),
        any(random, Glu.values()),
        1 + random.nextInt(2) * 0.5f,
        1 - random.nextInt(2) * 0.3f,
        0.3f,
        random.nextInt(2) * 4,
        1 + random.nextInt(2) * 0.5f,
        random.nextInt(2) * 6,
        random.nextBoolean() ? headDim : headDim - 2,
        500,
        false,
        Stream.generate(() ->
                new BlockForm.Layer(
                    random.nextInt(2) * random.nextInt(1, 40),
                    any(random, BlockForm.Rotation.values())))
            .limit(LAYERS)
            .toList());
  }

  private static <T> T any(SplittableRandom random, T[] values) {
    return values[random.nextInt(values.length)];
  }

  private static AdapterShape adapter(SplittableRandom random, ModelConfig config) {
    var modules = new HashMap<String, AdapterShape.Module>();
    for (var name : LinearLayer.modules(config)) {
      if (random.nextInt(4) > 0) {
        modules.put(
            name,
            new AdapterShape.Module(
                random.nextInt(1, 6), random.nextInt(1, 5) * 0.5f, random.nextInt(3) == 0));
      }
    }
    return new AdapterShape(modules);
  }

  private static void fill(SplittableRandom random, ParameterSet set) {
    for (var p : set.parameters()) {
      var values = new float[Math.toIntExact(p.size())];
      for (int i = 0; i < values.length; i++) {
        boolean isAroundOne = p.name().contains("norm") || p.name().contains("magnitude");
        values[i] = (isAroundOne ? 1 : 0) + 0.3f * (float) random.nextGaussian();
      }
      set.get(p.name()).copyFrom(values);
    }
  }

  Workspace workspace(Mode mode, float dropout) {
    return workspace(memory, mode, dropout);
  }

  Workspace workspace(Allocator from, Mode mode, float dropout) {
    return Workspace.allocate(
        from, config, BaseDtype.FLOAT32, adapter, mode, MAX_TOKENS, MAX_ROW, dropout);
  }

  CachedDecoder cached(Workers workers) {
    return cached(memory, workers);
  }

  CachedDecoder cached(Allocator from, Workers workers) {
    return CachedDecoder.allocate(from, decoder, adapter, MAX_ROW - 1, MAX_ROW, workers);
  }

  Tensor logits(int n) {
    return memory.f32("logits", n, config.vocabSize());
  }

  /// Room for the gradients of the weights, the adapter and everything.
  ParameterSet gradients(boolean ofWeights, boolean ofAdapter) {
    var trained = new ArrayList<Parameter>();
    if (ofWeights) {
      trained.addAll(weights.parameters());
    }
    if (ofAdapter) {
      trained.addAll(adapterParameters.parameters());
    }
    return ParameterSet.allocate(memory, "gradients", trained);
  }

  /// The parameter itself, of the weights or of the adapter.
  Tensor parameter(String name) {
    return weights.find(name).or(() -> adapterParameters.find(name)).orElseThrow();
  }

  /// What a pass gives: its score and the gradients of every parameter.
  record Pass(Score score, float[] gradients) {}

  /// Forward and backward in fresh memory, with the masks of `seed` where the workspace has
  /// dropout.
  Pass pass(Workspace ws, long seed, PackedBatch... batches) {
    var set = gradients(true, true);
    var gradients = DecoderGradients.of(config, set);
    var score = Score.NONE;
    for (var batch : batches) {
      ws.seedDropout(seed);
      score = score.plus(decoder.scoreAndBackward(batch, ws, gradients));
    }
    return new Pass(score, set.flat().toArray());
  }

  float[] logits(Workspace ws, PackedBatch batch) {
    var logits = logits(batch.numTokens());
    decoder.logits(batch, ws, logits);
    return logits.toArray();
  }

  /// Rows of unequal length, the first two of one and two tokens, some tokens untrained.
  List<int[]> rows(SplittableRandom random, int count) {
    var rows = new ArrayList<int[]>();
    for (int r = 0; r < count; r++) {
      int length = r < 2 ? r + 1 : random.nextInt(1, 40);
      rows.add(random.ints(length, 0, config.vocabSize()).toArray());
    }
    return rows;
  }

  /// Every token is trained but those whose id is a multiple of 5.
  static PackedBatch batch(List<int[]> rows) {
    var batch = new PackedBatch(MAX_TOKENS, Math.max(1, rows.size()));
    for (var row : rows) {
      batch.addRow(row, row.length, t -> row[t] % 5 != 0);
    }
    return batch;
  }

  static PackedBatch batch(int[]... rows) {
    return batch(Arrays.asList(rows));
  }
}
