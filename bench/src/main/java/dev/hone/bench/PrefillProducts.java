package dev.hone.bench;

import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.decoder.LinearLayer;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.Linear;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.Workers;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/// The matrix products of a prompt through layers like the base's and nothing else, in float32: how
/// fast the library is on them, each thread with its own run of the prompt's tokens.
final class PrefillProducts {
  private final ModelConfig config;
  private final List<Map<LinearLayer, Tensor>> weights;
  private final Workers workers;
  private final int tokens;
  private final Tensor x;
  private final Tensor y;

  PrefillProducts(ModelConfig config, Allocator memory, int tokens, Workers workers) {
    this.config = config;
    this.weights = Stream.generate(() -> layer(config, memory)).limit(config.numLayers()).toList();
    this.workers = workers;
    this.tokens = tokens;
    int widest =
        Math.max(config.intermediateSize(), Math.max(config.hiddenSize(), config.queryDim()));
    this.x = memory.f32("input", tokens, widest);
    this.y = memory.f32("output", tokens, widest);
    var random = new SplittableRandom(1);
    for (int t = 0; t < tokens; t++) {
      for (int c = 0; c < widest; c++) {
        x.set(t, c, (float) random.nextGaussian());
      }
    }
  }

  private static Map<LinearLayer, Tensor> layer(ModelConfig config, Allocator memory) {
    var weights = new EnumMap<LinearLayer, Tensor>(LinearLayer.class);
    for (var linear : LinearLayer.values()) {
      var w = memory.f32("weights", linear.out(config), linear.in(config));
      w.data().fill((byte) 60);
      weights.put(linear, w);
    }
    return weights;
  }

  /// Runs them once.
  ///
  /// @return floating-point operations per second, two per multiply-add
  double run() {
    long started = System.nanoTime();
    workers.run(this::share);
    return flops() / ((System.nanoTime() - started) / 1e9);
  }

  private void share(int worker) {
    int from = (int) ((long) tokens * worker / workers.count());
    int to = (int) ((long) tokens * (worker + 1) / workers.count());
    for (int l = 0; l < config.numLayers(); l++) {
      for (var linear : LinearLayer.values()) {
        var input = part(x, linear.in(config), from, to);
        var output = part(y, linear.out(config), from, to);
        Linear.forward(input, to - from, weights.get(l).get(linear), 1f, 0f, output);
      }
    }
  }

  /// Rows of the same memory, taken to be `cols` wide.
  private Tensor part(Tensor buffer, int cols, int from, int to) {
    var whole = buffer.data().asSlice(0, (long) tokens * cols * Float.BYTES);
    return Tensor.of(whole, tokens, cols).rows(from, to);
  }

  /// Of one run.
  double flops() {
    double perToken = 0;
    for (var linear : LinearLayer.values()) {
      perToken += 2.0 * linear.in(config) * linear.out(config);
    }
    return perToken * config.numLayers() * tokens;
  }
}
