package dev.hone.bench;

import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.decoder.LinearLayer;
import dev.hone.model.decoder.ParameterSet;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.Tensor;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// What [Floor] works on, as much of it as a real pass has: activations per layer, gradients that
/// layers share.
///
/// @param scores one block's attention weights
/// @param h `(T, C)`, what the head sees; `dh` its gradient
/// @param logits `(chunk, V)`
/// @param dOut `(T, H·D)`; `dq`, `dk` and `dv` as wide as queries and keys
record FloorBuffers(
    List<Block> blocks,
    Tensor scores,
    Tensor h,
    Tensor dh,
    Tensor logits,
    Tensor dOut,
    Tensor dq,
    Tensor dk,
    Tensor dv) {
  /// Logits that the head works on at a time.
  private static final int LOGITS_PER_CHUNK = 4 << 20;

  /// A linear layer with what flows through it.
  ///
  /// @param a the adapter's, null without; `b`, `low` and `dLow` likewise
  /// @param dw the weight's gradient, null where it is frozen; `da` and `db` likewise
  record Product(
      Tensor w,
      Tensor a,
      Tensor b,
      Tensor dw,
      Tensor da,
      Tensor db,
      Tensor x,
      Tensor y,
      Tensor low,
      Tensor dLow,
      Tensor dy,
      Tensor dx) {}

  /// One layer.
  record Block(Map<LinearLayer, Product> products, Tensor q, Tensor k, Tensor v, Tensor o) {
    Product of(LinearLayer linear) {
      return products.get(linear);
    }
  }

  static FloorBuffers allocate(
      Subject subject, ParameterSet gradients, Allocator memory, int tokens, int scores) {
    var config = subject.config();
    var make = new Maker(subject, gradients, memory, tokens, new SplittableRandom(1));
    var shared = make.shared();
    var blocks =
        IntStream.range(0, config.numLayers()).mapToObj(l -> make.block(l, shared)).toList();
    int chunk = Math.clamp(LOGITS_PER_CHUNK / config.vocabSize(), 1, tokens);
    return new FloorBuffers(
        blocks,
        memory.f32("scores", scores, 1),
        make.random(config.hiddenSize()),
        make.zero(config.hiddenSize()),
        memory.f32("logits", chunk, config.vocabSize()),
        shared.dOut(),
        shared.dq(),
        shared.dk(),
        shared.dv());
  }

  /// What all layers share.
  private record Shared(
      Tensor dx, Tensor dh, Tensor dm, Tensor dOut, Tensor dq, Tensor dk, Tensor dv, Tensor dLow) {}

  private record Maker(
      Subject subject,
      ParameterSet gradients,
      Allocator memory,
      int tokens,
      SplittableRandom generator) {
    Shared shared() {
      var config = config();
      int rank =
          subject.shape().modules().values().stream().mapToInt(m -> m.rank()).max().orElse(0);
      return new Shared(
          random(config.hiddenSize()),
          zero(config.hiddenSize()),
          zero(config.intermediateSize()),
          zero(config.queryDim()),
          zero(config.queryDim()),
          zero(config.kvDim()),
          zero(config.kvDim()),
          zero(rank));
    }

    Block block(int layer, Shared s) {
      var config = config();
      var h = random(config.hiddenSize());
      var q = zero(config.queryDim());
      var k = zero(config.kvDim());
      var v = zero(config.kvDim());
      var o = zero(config.queryDim());
      var middle = zero(config.hiddenSize());
      var h2 = random(config.hiddenSize());
      var gate = zero(config.intermediateSize());
      var up = zero(config.intermediateSize());
      var m = random(config.intermediateSize());
      var out = zero(config.hiddenSize());
      var products = new EnumMap<LinearLayer, Product>(LinearLayer.class);
      for (var linear : LinearLayer.values()) {
        var module = linear.module(layer);
        products.put(
            linear,
            switch (linear) {
              case Q -> product(module, h, q, s.dq(), s.dh(), s);
              case K -> product(module, h, k, s.dk(), s.dh(), s);
              case V -> product(module, h, v, s.dv(), s.dh(), s);
              case O -> product(module, o, middle, s.dx(), s.dOut(), s);
              case GATE -> product(module, h2, gate, gate, s.dh(), s);
              case UP -> product(module, h2, up, up, s.dh(), s);
              case DOWN -> product(module, m, out, s.dx(), s.dm(), s);
            });
      }
      return new Block(products, q, k, v, o);
    }

    private Product product(String module, Tensor x, Tensor y, Tensor dy, Tensor dx, Shared s) {
      boolean isAdapted = subject.shape().rank(module) > 0;
      var a = module + ".lora_A.weight";
      var b = module + ".lora_B.weight";
      return new Product(
          subject.weights().float32().get(module + ".weight"),
          isAdapted ? subject.trained().get(a) : null,
          isAdapted ? subject.trained().get(b) : null,
          gradients.find(module + ".weight").orElse(null),
          gradients.find(a).orElse(null),
          gradients.find(b).orElse(null),
          x,
          y,
          isAdapted ? zero(subject.shape().rank(module)) : null,
          s.dLow(),
          dy,
          dx);
    }

    private ModelConfig config() {
      return subject.config();
    }

    Tensor zero(int cols) {
      return memory.f32("floor", tokens, cols);
    }

    Tensor random(int cols) {
      var values = new float[tokens * cols];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) generator.nextDouble(-1, 1);
      }
      var x = zero(cols);
      x.copyFrom(values);
      return x;
    }
  }
}
