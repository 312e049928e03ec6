package dev.hone.model.decoder;

import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.Elementwise;
import dev.hone.tensor.Tensor;

/// Dropout on what an adapter sees. Masks come from a seed and their place, so that the backward,
/// or a second forward, makes them again.
final class Dropout {
  static final Dropout NONE = new Dropout(0f, new Tensor[0]);

  private final float rate;
  private final Tensor[] scratch;
  private long seed;

  private Dropout(float rate, Tensor[] scratch) {
    this.rate = rate;
    this.scratch = scratch;
  }

  static Dropout allocate(Allocator memory, ModelConfig config, int tokens, float rate) {
    if (rate == 0f) {
      return NONE;
    }
    var scratch = new Tensor[LinearLayer.values().length];
    for (var linear : LinearLayer.values()) {
      scratch[linear.ordinal()] = sameWidth(scratch, linear.in(config), memory, tokens);
    }
    return new Dropout(rate, scratch);
  }

  private static Tensor sameWidth(Tensor[] scratch, int width, Allocator memory, int tokens) {
    for (var t : scratch) {
      if (t != null && t.cols() == width) {
        return t;
      }
    }
    return memory.f32("dropout", tokens, width);
  }

  void seed(long newSeed) {
    if (this != NONE) {
      seed = newSeed;
    }
  }

  boolean isOff() {
    return rate == 0f;
  }

  /// `x` with elements dropped; `x` itself when dropout is off.
  Tensor apply(Tensor x, int n, int layer, LinearLayer linear) {
    if (isOff()) {
      return x;
    }
    var y = scratch[linear.ordinal()];
    Elementwise.dropout(x, n, rate, place(layer, linear), y);
    return y;
  }

  /// `dx += mask · dDropped`, where `dDropped` is written into the returned scratch by the caller
  /// first.
  Tensor scratch(LinearLayer linear) {
    return scratch[linear.ordinal()];
  }

  void backward(Tensor dDropped, int n, int layer, LinearLayer linear, Tensor dx) {
    Elementwise.dropout(dDropped, n, rate, place(layer, linear), dDropped);
    Elementwise.add(dx.rows(0, n), dDropped.rows(0, n));
  }

  private long place(int layer, LinearLayer linear) {
    return seed + 0x632BE59BD9B4E019L * (8L * layer + linear.ordinal() + 1);
  }
}
