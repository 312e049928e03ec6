package dev.hone.tune.train;

import com.sun.management.ThreadMXBean;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.decoder.AdapterShape;
import dev.hone.model.decoder.BaseDtype;
import dev.hone.model.decoder.BaseWeights;
import dev.hone.model.decoder.Decoder;
import dev.hone.model.decoder.LinearLayer;
import dev.hone.model.decoder.ParameterSet;
import dev.hone.model.decoder.Workspace;
import dev.hone.tensor.ArenaAllocator;
import dev.hone.tensor.Workers;
import dev.hone.testkit.Golden;
import dev.hone.tune.data.Batches;
import dev.hone.tune.data.Example;
import dev.hone.tune.data.MicroBatch;
import dev.hone.tune.data.TokenStore;
import dev.hone.tune.data.TokenStoreWriter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.SplittableRandom;

/// Prints how many bytes of heap one training step takes, all its threads together.
///
/// A program of its own, for a JVM whose compiler leaves allocations in: there every object that
/// the code names is really made, and always as many.
final class StepAllocations {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  static final int ROWS = 8;
  private static final int PASSES = 4;
  private static final int STEPS = 5;

  private StepAllocations() {}

  /// Arguments: a scratch directory, `full` or `lora`, tokens per row, steps before it counts.
  public static void main(String... args) throws IOException {
    var dir = Path.of(args[0]);
    int length = Integer.parseInt(args[2]);
    int warmup = Integer.parseInt(args[3]);
    try (var store = store(dir, length)) {
      System.out.println(bytes(config(dir), args[1].equals("lora"), store, warmup));
    }
  }

  private static ModelConfig config(Path dir) throws IOException {
    var file = dir.resolve("config.json");
    Files.writeString(file, Golden.load("steps/lora").metadata().get("config"));
    return ModelConfig.read(file);
  }

  private static long bytes(ModelConfig config, boolean isLora, TokenStore store, int warmup) {
    try (var arena = Arena.ofShared();
        var workers = new Workers(2)) {
      var memory = new ArenaAllocator(arena);
      var shape = isLora ? allLinear(config) : AdapterShape.NONE;
      var weights = random(memory, config, AdapterShape.NONE);
      var trained = isLora ? random(memory, config, shape) : weights;
      var settings = settings(ROWS / PASSES * store.longest());
      var engine =
          Engine.allocate(
              memory,
              config,
              BaseDtype.FLOAT32,
              shape,
              trained.parameters(),
              Workspace.Mode.TRAINING,
              0f,
              Engine.Size.ofScoring(List.of(), settings.scoringPacking())
                  .andTraining(store, settings),
              workers);
      var step =
          new Step(
              engine,
              new Optimizer(
                  trained,
                  Optimizer.allocateMoments(memory, trained.parameters()),
                  Optimizer.allocateMoments(memory, trained.parameters())),
              Decoder.of(config, BaseWeights.of(weights), memory, store.longest())
                  .withAdapter(shape, trained, memory),
              store,
              settings,
              workers);
      return step.bytes(warmup);
    }
  }

  /// One step, again and again.
  private record Step(
      Engine engine,
      Optimizer optimizer,
      Decoder decoder,
      TokenStore store,
      TrainingSettings settings,
      Workers workers) {
    long bytes(int warmup) {
      var rows = new int[ROWS];
      Arrays.setAll(rows, i -> i);
      var leaves = Batches.cut(rows, store, settings.packing());
      run(warmup, leaves);
      long before = allocated();
      run(STEPS, leaves);
      return (allocated() - before) / STEPS;
    }

    private void run(int steps, List<MicroBatch> leaves) {
      for (int i = 0; i < steps; i++) {
        var sum = engine.gradient(decoder, store, leaves, 0);
        optimizer.step(
            sum.gradients().flat(),
            sum.evaluation(),
            i,
            settings.learningRate(),
            settings,
            workers);
        engine.release(sum);
      }
    }
  }

  /// Heap that this thread and the workers have taken so far, in bytes.
  private static long allocated() {
    long[] ids =
        Thread.getAllStackTraces().keySet().stream()
            .filter(t -> t.getName().startsWith("hone-worker-") || t == Thread.currentThread())
            .mapToLong(Thread::threadId)
            .toArray();
    return Arrays.stream(THREADS.getThreadAllocatedBytes(ids)).sum();
  }

  private static TrainingSettings settings(int passTokens) {
    return new TrainingSettings(
        1,
        ROWS,
        passTokens,
        true,
        1e-3,
        Schedule.CONSTANT,
        0,
        0,
        0.9,
        0.999,
        1e-8,
        1,
        0f,
        0,
        0,
        0,
        1);
  }

  private static AdapterShape allLinear(ModelConfig config) {
    var modules = new HashMap<String, AdapterShape.Module>();
    LinearLayer.modules(config).forEach(m -> modules.put(m, new AdapterShape.Module(4, 2f)));
    return new AdapterShape(modules);
  }

  private static ParameterSet random(
      ArenaAllocator memory, ModelConfig config, AdapterShape shape) {
    var random = new SplittableRandom(1);
    var set =
        ParameterSet.allocate(
            memory,
            "parameters",
            shape.isEmpty() ? BaseWeights.parameters(config) : shape.parameters(config));
    for (var p : set.parameters()) {
      for (int r = 0; r < p.rows(); r++) {
        for (int c = 0; c < p.cols(); c++) {
          set.get(p.name()).set(r, c, (float) random.nextDouble(-0.1, 0.1));
        }
      }
    }
    return set;
  }

  private static TokenStore store(Path dir, int length) throws IOException {
    var random = new SplittableRandom(2);
    var file = dir.resolve("rows.tokens");
    var trained = new BitSet();
    trained.set(1, length);
    try (var writer = new TokenStoreWriter(file, "ab".repeat(32))) {
      for (int i = 0; i < ROWS; i++) {
        writer.add(i, new Example(random.ints(length, 0, 61).toArray(), length, trained, 0));
      }
      writer.commit();
    }
    return TokenStore.open(file);
  }
}
