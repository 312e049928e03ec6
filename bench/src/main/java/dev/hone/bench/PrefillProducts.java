package dev.hone.bench;

import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.decoder.LinearLayer;
import dev.hone.model.decoder.ParameterSet;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.Linear;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.Workers;
import java.util.SplittableRandom;

/// The matrix products of a prompt through the base's layers and nothing else: how fast the library
/// is on them, each thread with its own run of the prompt's tokens.
final class PrefillProducts {
  private final ModelConfig config;
  private final ParameterSet weights;
  private final Workers workers;
  private final int tokens;
  private final Tensor x;
  private final Tensor y;

  PrefillProducts(
      ModelConfig config, ParameterSet weights, Allocator memory, int tokens, Workers workers) {
    this.config = config;
    this.weights = weights;
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
        Linear.forward(input, to - from, weights.get(linear.module(l) + ".weight"), 1f, 0f, output);
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
