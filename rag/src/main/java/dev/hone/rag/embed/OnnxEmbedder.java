package dev.hone.rag.embed;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.hone.model.Sha256;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.text.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// bge-small-en-v1.5, quantised to int8, through ONNX Runtime: the model that LangChain4j ships.
///
/// Each text runs alone on one thread, and as many texts at once as there are threads. A batch
/// would be no faster on a CPU, and dynamic quantisation would make each vector depend on the
/// others in it: the scale of the activations is that of the whole batch.
///
/// A vector is the output at the first position (CLS), made length 1, as the model's card says.
public final class OnnxEmbedder implements Embedder {
  private static final String MODEL = "/bge-small-en-v1.5-q.onnx";
  private static final String TOKENIZER = "/bge-small-en-v1.5-q-tokenizer.json";

  /// What the model's card puts before a question.
  private static final String QUERY_PREFIX =
      "Represent this sentence for searching relevant passages: ";

  private static final int DIMENSION = 384;
  private static final int POSITIONS = 512;
  private static final int SPECIAL_TOKENS = 2;

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;
  private final Tokenizer tokenizer;
  private final long cls;
  private final long sep;
  private final String fingerprint;
  private final ExecutorService workers;

  private OnnxEmbedder(byte[] model, Tokenizer tokenizer, int threads) throws OrtException {
    environment.setTelemetry(false);
    this.tokenizer = tokenizer;
    this.cls = tokenizer.idOf("[CLS]").orElseThrow();
    this.sep = tokenizer.idOf("[SEP]").orElseThrow();
    this.fingerprint =
        "bge-small-en-v1.5-q %s; onnxruntime %s; cls; alone"
            .formatted(Sha256.of(model).substring(0, 16), environment.getVersion());
    try (var options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      this.session = environment.createSession(model, options);
    }
    this.workers = Executors.newFixedThreadPool(threads, Thread.ofPlatform().daemon().factory());
  }

  /// Opens the model in this process; it takes about a second.
  ///
  /// @param threads texts that are embedded at once
  public static OnnxEmbedder open(int threads) {
    OnnxNatives.prepare();
    try {
      var tokenizer = Tokenizer.of(Path.of(TOKENIZER), resource(TOKENIZER));
      return new OnnxEmbedder(resource(MODEL), tokenizer, threads);
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime cannot open " + MODEL, e);
    } catch (CheckpointException e) {
      throw new IllegalStateException("the embedder's tokenizer is damaged", e);
    }
  }

  private static byte[] resource(String name) {
    try (var in = OnnxEmbedder.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing from the class path");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name, e);
    }
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public int dimension() {
    return DIMENSION;
  }

  @Override
  public int maxTokens() {
    return POSITIONS - SPECIAL_TOKENS;
  }

  @Override
  public int countTokens(String text) {
    return tokenizer.encode(text).length;
  }

  @Override
  public List<float[]> passages(List<String> texts) {
    var running = texts.stream().map(text -> workers.submit(() -> passage(text))).toList();
    return running.stream().map(OnnxEmbedder::result).toList();
  }

  private static float[] result(Future<float[]> running) {
    try {
      return running.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while embedding", e);
    }
  }

  private float[] passage(String text) {
    var ids = tokenizer.encode(text);
    if (ids.length > maxTokens()) {
      throw new IllegalArgumentException(
          "embed: text has %d tokens, the model reads %d".formatted(ids.length, maxTokens()));
    }
    return embed(ids);
  }

  @Override
  public float[] query(String text) {
    var ids = tokenizer.encode(QUERY_PREFIX + text);
    return embed(ids.length <= maxTokens() ? ids : Arrays.copyOf(ids, maxTokens()));
  }

  private float[] embed(int[] ids) {
    int length = ids.length + SPECIAL_TOKENS;
    var tokens = new long[length];
    tokens[0] = cls;
    for (int i = 0; i < ids.length; i++) {
      tokens[i + 1] = ids[i];
    }
    tokens[length - 1] = sep;
    var mask = new long[length];
    Arrays.fill(mask, 1);
    try {
      return run(tokens, mask, new long[length]);
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime failed on %d tokens".formatted(length), e);
    }
  }

  private float[] run(long[] tokens, long[] mask, long[] types) throws OrtException {
    var shape = new long[] {1, tokens.length};
    try (var ids = OnnxTensor.createTensor(environment, LongBuffer.wrap(tokens), shape);
        var attention = OnnxTensor.createTensor(environment, LongBuffer.wrap(mask), shape);
        var segments = OnnxTensor.createTensor(environment, LongBuffer.wrap(types), shape);
        var result =
            session.run(
                Map.of(
                    "input_ids", ids, "attention_mask", attention, "token_type_ids", segments))) {
      var first = new float[DIMENSION];
      ((OnnxTensor) result.get(0)).getFloatBuffer().get(first);
      return unit(first);
    }
  }

  private static float[] unit(float[] vector) {
    double sum = 0;
    for (float x : vector) {
      sum += (double) x * x;
    }
    double scale = 1 / Math.sqrt(sum);
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) (vector[i] * scale);
    }
    return vector;
  }

  @Override
  public void close() {
    workers.shutdown();
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime cannot close its session", e);
    }
  }
}
