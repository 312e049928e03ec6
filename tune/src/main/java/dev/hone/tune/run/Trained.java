package dev.hone.tune.run;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.Dtype;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.decoder.AdapterShape;
import dev.hone.model.decoder.BaseWeights;
import dev.hone.model.decoder.Decoder;
import dev.hone.model.decoder.Parameter;
import dev.hone.model.decoder.ParameterSet;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.ArenaAllocator;
import dev.hone.tensor.Bf16Matrix;
import dev.hone.tensor.Embedding;
import dev.hone.tensor.Linear;
import dev.hone.tensor.Matrix;
import dev.hone.tensor.Tensor;
import dev.hone.tune.train.TrainingCheckpoint;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/// What a method trains, and the decoder that it trains in.
///
/// @param shape the adapter; [AdapterShape#NONE] for full training
/// @param parameters trained: the adapter's, or the model's own weights
/// @param base the decoder without adapter
/// @param decoder the decoder that is trained
/// @param start what an adapter began with that took it out of the base; empty where it changes
///   nothing at the start
record Trained(
    AdapterShape shape,
    ParameterSet parameters,
    Decoder base,
    Decoder decoder,
    Optional<ParameterSet> start) {
  static AdapterShape shape(Method method, ModelConfig config) {
    return switch (method) {
      case Method.Lora lora -> lora.config().shapeFor(config);
      case Method.Full any -> AdapterShape.NONE;
    };
  }

  /// Names and shapes of what is trained.
  static List<Parameter> parameters(AdapterShape shape, ModelConfig config) {
    return shape.isEmpty() ? BaseWeights.parameters(config) : shape.parameters(config);
  }

  /// @param positions the longest sequence, tokens
  static Trained of(
      ModelConfig config,
      Method method,
      AdapterShape shape,
      BaseWeights weights,
      Allocator memory,
      int positions,
      long seed) {
    var base = Decoder.of(config, weights, memory, positions);
    if (shape.isEmpty()) {
      return new Trained(shape, weights.float32(), base, base, Optional.empty());
    }
    var adapter = ParameterSet.allocate(memory, "adapter", shape.parameters(config));
    initialise(adapter, seed);
    shape.saved().forEach(name -> copy(weights.matrix(name).orElseThrow(), adapter.get(name)));
    shape
        .tokens()
        .forEach((module, ids) -> {
          var rows = adapter.get(AdapterShape.tokenRows(module));
          var table = weights.matrix(module + ".weight").orElseThrow();
          int[] of = ids.stream().mapToInt(Integer::intValue).toArray();
          Embedding.forward(of, of.length, table, rows);
        });
    var adapted = base.withAdapter(shape, adapter, memory);
    adapted.startMagnitudes();
    var start =
        method.pissaIterations().isPresent()
            ? Optional.of(ParameterSet.allocate(memory, "adapter", startParameters(shape, config)))
            : Optional.<ParameterSet>empty();
    return new Trained(shape, adapter, base, adapted, start);
  }

  /// Begins in the principal directions of the weights, and takes them out of the base, which is
  /// another one then. They are kept in `file`, so that a run that goes on has the same bits.
  ///
  /// @throws UsageException when a weight has fewer directions than the adapter
  void startPrincipal(Method method, BaseWeights weights, long seed, Path file) throws IOException {
    if (start.isEmpty()) {
      return;
    }
    if (Files.exists(file)) {
      TrainingCheckpoint.readParameters(file, start.get());
    } else {
      find(start.get(), method.pissaIterations().getAsInt(), weights.float32(), seed);
      Files.createDirectories(file.getParent());
      TrainingCheckpoint.writeParameters(file, start.get());
    }
    for (var module : shape.modules().keySet()) {
      var a = start.get().get(module + ".lora_A.weight");
      var b = start.get().get(module + ".lora_B.weight");
      var w = weights.float32().get(module + ".weight");
      Linear.backward(b, Math.toIntExact(b.rows()), a, -shape.scale(module), 1f, w);
      parameters.get(module + ".lora_A.weight").copyFrom(a, a.rows());
      parameters.get(module + ".lora_B.weight").copyFrom(b, b.rows());
    }
    decoder.adapterChanged();
    decoder.startMagnitudes();
  }

  private void find(ParameterSet into, int iterations, ParameterSet weights, long seed) {
    long next = seed;
    for (var module : shape.modules().keySet().stream().sorted().toList()) {
      var w = weights.get(module + ".weight");
      long most = Math.min(w.rows(), w.cols());
      if (shape.rank(module) > most) {
        throw new UsageException(
            "%s has %d principal directions, fewer than the adapter's rank of %d"
                .formatted(module, most, shape.rank(module)),
            "lower --rank, or leave --init out");
      }
      try (var arena = Arena.ofConfined()) {
        PrincipalStart.of(
            w,
            shape.scale(module),
            iterations,
            next++,
            into.get(module + ".lora_A.weight"),
            into.get(module + ".lora_B.weight"),
            new ArenaAllocator(arena));
      }
    }
  }

  /// Rounds what was trained to the type that it will be stored in, so that it is measured and
  /// proven as it will be served.
  void roundTo(Dtype dtype) {
    if (dtype == Dtype.F32) {
      return;
    }
    var data = parameters.flat().data();
    for (long at = 0; at < data.byteSize(); at += Float.BYTES) {
      short rounded = Bf16Matrix.round(data.get(JAVA_FLOAT_UNALIGNED, at));
      data.set(JAVA_FLOAT_UNALIGNED, at, Float.intBitsToFloat(rounded << 16));
    }
  }

  /// What an adapter begins with that is taken out of the base.
  static List<Parameter> startParameters(AdapterShape shape, ModelConfig config) {
    return shape.parameters(config).stream()
        .filter(p -> p.name().contains(".lora_") && !p.vector())
        .toList();
  }

  private static void copy(Matrix from, Tensor to) {
    from.widen(0, Math.toIntExact(from.rows()), to);
  }

  /// As PEFT starts an adapter: A uniform in ±1/√in (Kaiming with a = √5), B zero, so that nothing
  /// changes yet.
  private static void initialise(ParameterSet adapter, long seed) {
    var random = new SplittableRandom(seed);
    for (var p : adapter.parameters()) {
      if (p.name().endsWith(".lora_A.weight")) {
        double bound = 1 / Math.sqrt(p.cols());
        var a = adapter.get(p.name());
        for (int r = 0; r < p.rows(); r++) {
          for (int c = 0; c < p.cols(); c++) {
            a.set(r, c, (float) random.nextDouble(-bound, bound));
          }
        }
      }
    }
  }
}
