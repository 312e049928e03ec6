package dev.hone.model.decoder;

import static dev.hone.tensor.Stopwatch.Operation.ADAPTER;
import static dev.hone.tensor.Stopwatch.Operation.BASE;
import static dev.hone.tensor.Stopwatch.Operation.WEIGHT_GRADIENT;

import dev.hone.tensor.Linear;
import dev.hone.tensor.Stopwatch;
import dev.hone.tensor.Tensor;

/// A linear layer with its bias and adapter: `y = x·Wᵀ + bias + scale · (drop(x)·Aᵀ)·Bᵀ`.
final class Projection {
  private Projection() {}

  /// @param x `(T, in)`, the first `n` rows in use
  /// @param beta 0 replaces `y`, 1 adds to it
  /// @param low `(T, r)`, overwritten with `drop(x)·Aᵀ`; unused without an adapter
  static void forward(
      LinearTensors w,
      Tensor x,
      int n,
      float beta,
      Tensor low,
      Dropout dropout,
      int layer,
      LinearLayer linear,
      Stopwatch time,
      Tensor y) {
    Linear.forward(x, n, w.weight(), 1f, beta, y);
    if (w.bias() != null) {
      Linear.addBias(w.bias(), n, y);
    }
    time.lap(BASE, n, x.cols(), y.cols());
    low(w, x, n, low, dropout, layer, linear, time);
    if (w.hasAdapter()) {
      Linear.forward(low, n, w.b(), w.scale(), 1f, y);
      time.lap(ADAPTER, n, w.rank(), y.cols());
    }
  }

  /// The first half of the adapter alone: `low = drop(x)·Aᵀ`; nothing without an adapter.
  static void low(
      LinearTensors w,
      Tensor x,
      int n,
      Tensor low,
      Dropout dropout,
      int layer,
      LinearLayer linear,
      Stopwatch time) {
    if (w.hasAdapter()) {
      Linear.forward(dropout.apply(x, n, layer, linear), n, w.a(), 1f, 0f, low);
      time.lap(ADAPTER, n, x.cols(), w.rank());
    }
  }

  /// Adds the parameters' gradients to `g`, and writes the input's.
  ///
  /// @param low what the forward left there
  /// @param dLow scratch of the same shape
  /// @param beta 0 replaces `dx`, 1 adds to it
  /// @param dx `(T, in)`, or null where nobody asks for it
  static void backward(
      LinearTensors w,
      LinearTensors g,
      Tensor x,
      int n,
      Tensor dy,
      Tensor low,
      Tensor dLow,
      Dropout dropout,
      int layer,
      LinearLayer linear,
      float beta,
      Stopwatch time,
      Tensor dx) {
    if (dx != null) {
      Linear.backward(dy, n, w.weight(), 1f, beta, dx);
      time.lap(BASE, n, x.cols(), dy.cols());
    }
    if (g.weight() != null) {
      Linear.backwardWeight(x, n, dy, 1f, g.weight());
      time.lap(WEIGHT_GRADIENT, n, x.cols(), dy.cols());
    }
    if (g.bias() != null) {
      Linear.backwardBias(dy, n, g.bias());
      time.lap(WEIGHT_GRADIENT);
    }
    if (w.hasAdapter()) {
      Linear.backward(dy, n, w.b(), w.scale(), 0f, dLow);
      time.lap(ADAPTER, n, w.rank(), dy.cols());
      if (g.hasAdapter()) {
        Linear.backwardWeight(low, n, dy, w.scale(), g.b());
        time.lap(WEIGHT_GRADIENT, n, w.rank(), dy.cols());
        Linear.backwardWeight(dropout.apply(x, n, layer, linear), n, dLow, 1f, g.a());
        time.lap(WEIGHT_GRADIENT, n, w.rank(), x.cols());
      }
      if (dx != null) {
        backwardLow(w, n, dLow, dropout, layer, linear, dx);
        time.lap(ADAPTER, n, w.rank(), x.cols());
      }
    }
  }

  private static void backwardLow(
      LinearTensors w,
      int n,
      Tensor dLow,
      Dropout dropout,
      int layer,
      LinearLayer linear,
      Tensor dx) {
    if (dropout.isOff()) {
      Linear.backward(dLow, n, w.a(), 1f, 1f, dx);
    } else {
      var dDropped = dropout.scratch(linear);
      Linear.backward(dLow, n, w.a(), 1f, 0f, dDropped);
      dropout.backward(dDropped, n, layer, linear, dx);
    }
  }
}
