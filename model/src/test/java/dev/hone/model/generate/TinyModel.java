package dev.hone.model.generate;

import dev.hone.model.checkpoint.BlockForm;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.checkpoint.RopeScaling;
import dev.hone.model.decoder.AdapterShape;
import dev.hone.model.decoder.BaseDtype;
import dev.hone.model.decoder.BaseWeights;
import dev.hone.model.decoder.Decoder;
import dev.hone.model.decoder.PackedBatch;
import dev.hone.model.decoder.ParameterSet;
import dev.hone.model.decoder.Workspace;
import dev.hone.model.text.TinyTokenizers;
import dev.hone.model.text.Tokenizer;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.ArenaAllocator;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.Workers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;

/// A model of a few thousand weights with a tokenizer of bytes; closing it frees its memory.
public final class TinyModel implements AutoCloseable {
  /// Ids of [TinyTokenizers]: three special tokens, then the 256 bytes, then merges.
  public static final int VOCAB = 264;

  public static final int EOS = 2;
  private static final int FIRST_BYTE = 3;
  private static final int MAX_POSITIONS = 700;

  private final Arena arena = Arena.ofShared();
  private final Workers workers = new Workers(2);
  private final Allocator memory = new ArenaAllocator(arena);
  private final ModelConfig config;
  private final Decoder decoder;
  private final Tokenizer tokenizer;

  private TinyModel(ModelConfig config, Tokenizer tokenizer, Weights weights) {
    this.config = config;
    this.tokenizer = tokenizer;
    var set = ParameterSet.allocate(memory, "weights", BaseWeights.parameters(config));
    weights.fill(set);
    decoder = Decoder.of(config, BaseWeights.of(set), memory, MAX_POSITIONS);
  }

  private interface Weights {
    void fill(ParameterSet set);
  }

  /// A tokenizer whose tokens are single bytes, as GPT-2 writes them.
  public static Tokenizer byteLevel(Path dir) {
    try {
      TinyTokenizers.writeByteLevel(dir);
      return Tokenizer.open(dir);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Random weights, large enough that its answers do not settle on one token.
  public static TinyModel random(Tokenizer tokenizer, long seed) {
    var random = new Random(seed);
    return new TinyModel(
        config(16),
        tokenizer,
        set -> {
          for (var p : set.parameters()) {
            var tensor = set.get(p.name());
            boolean norm = p.name().endsWith("norm.weight");
            tensor.copyFrom(gaussian(random, Math.toIntExact(p.size()), norm ? 1 : 0));
          }
        });
  }

  private static float[] gaussian(Random random, int size, float mean) {
    var values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = mean + 0.4f * (float) random.nextGaussian();
    }
    return values;
  }

  /// A model that knows one line by heart: after each token of `ids` the next one is the likeliest
  /// by far, whatever stands before. No token may come twice.
  public static TinyModel reciting(Tokenizer tokenizer, int... ids) {
    return new TinyModel(
        config(VOCAB),
        tokenizer,
        set -> {
          set.get("model.norm.weight").copyFrom(filled(VOCAB, 1));
          for (int id = 0; id < VOCAB; id++) {
            set.get("model.embed_tokens.weight").set(id, id, 1);
          }
          for (int i = 0; i + 1 < ids.length; i++) {
            set.get("lm_head.weight").set(ids[i + 1], ids[i], 1);
          }
        });
  }

  private static float[] filled(int size, float value) {
    var values = new float[size];
    Arrays.fill(values, value);
    return values;
  }

  private static ModelConfig config(int hiddenSize) {
    return new ModelConfig(
        VOCAB,
        hiddenSize,
        24,
        2,
        4,
        2,
        8,
        MAX_POSITIONS,
        1e-5,
        10_000,
        new RopeScaling.None(),
        false,
        BlockForm.llama(2, 8, false, false),
        OptionalInt.of(1),
        List.of(EOS),
        "float32");
  }

  /// The single-byte tokens of a text.
  public static int[] bytes(String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    return IntStream.range(0, bytes.length)
        .map(i -> FIRST_BYTE + Byte.toUnsignedInt(bytes[i]))
        .toArray();
  }

  public Generator generator(int contextLength) {
    return Generator.allocate(
        memory, decoder, AdapterShape.NONE, tokenizer, contextLength, workers);
  }

  public Allocator memory() {
    return memory;
  }

  public Decoder decoder() {
    return decoder;
  }

  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /// Logits after the last of `ids`, from one pass over all of them without a cache.
  float[] recompute(int[] ids) {
    try (var scratch = Arena.ofConfined()) {
      var once = new ArenaAllocator(scratch);
      var batch = new PackedBatch(ids.length, 1);
      batch.addRow(ids, ids.length, t -> false);
      var workspace =
          Workspace.allocate(
              once,
              config,
              BaseDtype.FLOAT32,
              AdapterShape.NONE,
              Workspace.Mode.INFERENCE,
              ids.length,
              ids.length,
              0f);
      Tensor logits = once.f32("logits", ids.length, VOCAB);
      decoder.logits(batch, workspace, logits);
      return logits.rows(ids.length - 1, ids.length).toArray();
    }
  }

  @Override
  public void close() {
    workers.close();
    arena.close();
  }
}
