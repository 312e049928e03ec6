package dev.hone.model.decoder;

import static dev.hone.tensor.Stopwatch.Operation.ADAPTER;
import static dev.hone.tensor.Stopwatch.Operation.BASE;
import static dev.hone.tensor.Stopwatch.Operation.WEIGHT_GRADIENT;

import dev.hone.model.decoder.BlockActivations.Inner;
import dev.hone.model.decoder.Workspace.Gradients.Whole;
import dev.hone.tensor.BaseLinear;
import dev.hone.tensor.Elementwise;
import dev.hone.tensor.Gain;
import dev.hone.tensor.Linear;
import dev.hone.tensor.Matrix;
import dev.hone.tensor.Stopwatch;
import dev.hone.tensor.Tensor;

/// A linear layer with its bias and adapter: `y = x·Wᵀ + bias + scale · (drop(x)·Aᵀ)·Bᵀ`.
///
/// With magnitudes (DoRA) it is `y = (x − drop(x))·Wᵀ + bias + gain · z`, where `z = drop(x)·Wᵀ +
/// scale · (drop(x)·Aᵀ)·Bᵀ` and each output has a gain: PEFT's formula, whose first term is zero
/// unless something is dropped.
final class Projection {
  private Projection() {}

  /// @param x `(T, in)`, the first `n` rows in use
  /// @param beta 0 replaces `y`, 1 adds to it
  /// @param inner overwritten with `drop(x)·Aᵀ`, and `z` with magnitudes
  /// @param scratch for products with the weight
  static void forward(
      LinearTensors<Matrix> w,
      Tensor x,
      int n,
      float beta,
      Inner inner,
      Dropout dropout,
      int layer,
      LinearLayer linear,
      BaseLinear.Scratch scratch,
      Stopwatch time,
      Tensor y) {
    if (w.hasMagnitude()) {
      inner(w, x, n, inner, dropout, layer, linear, scratch, time);
      float kept = beta;
      if (!dropout.isOff()) {
        var dropped = dropout.scratch(linear);
        Elementwise.subtractFrom(x, n, dropped);
        BaseLinear.forward(dropped, n, w.weight(), beta, scratch, y);
        time.lap(BASE, n, x.cols(), y.cols());
        kept = 1f;
      }
      Gain.forward(inner.whole(), n, w.gain(), kept, y);
      addBias(w, n, y);
      time.lap(ADAPTER);
      return;
    }
    BaseLinear.forward(x, n, w.weight(), beta, scratch, y);
    addBias(w, n, y);
    time.lap(BASE, n, x.cols(), y.cols());
    inner(w, x, n, inner, dropout, layer, linear, scratch, time);
    if (w.hasAdapter()) {
      Linear.forward(inner.low(), n, w.b(), w.scale(), 1f, y);
      time.lap(ADAPTER, n, w.rank(), y.cols());
    }
  }

  private static void addBias(LinearTensors<Matrix> w, int n, Tensor y) {
    if (w.bias() != null) {
      Linear.addBias(w.bias(), n, y);
    }
  }

  /// What the backward needs of the adapter alone: `drop(x)·Aᵀ`, and `z` with magnitudes; nothing
  /// without an adapter.
  static void inner(
      LinearTensors<Matrix> w,
      Tensor x,
      int n,
      Inner inner,
      Dropout dropout,
      int layer,
      LinearLayer linear,
      BaseLinear.Scratch scratch,
      Stopwatch time) {
    if (!w.hasAdapter()) {
      return;
    }
    var seen = dropout.apply(x, n, layer, linear);
    Linear.forward(seen, n, w.a(), 1f, 0f, inner.low());
    time.lap(ADAPTER, n, x.cols(), w.rank());
    if (w.hasMagnitude()) {
      var z = inner.whole();
      BaseLinear.forward(seen, n, w.weight(), 0f, scratch, z);
      time.lap(BASE, n, x.cols(), z.cols());
      Linear.forward(inner.low(), n, w.b(), w.scale(), 1f, z);
      time.lap(ADAPTER, n, w.rank(), z.cols());
    }
  }

  /// Adds the parameters' gradients to `g`, and writes the input's.
  ///
  /// @param inner what the forward left there
  /// @param dLow scratch, `(T, r)`
  /// @param dWhole scratch; null without magnitudes
  /// @param beta 0 replaces `dx`, 1 adds to it
  /// @param dx `(T, in)`, or null where nobody asks for it
  static void backward(
      LinearTensors<Matrix> w,
      LinearTensors<Tensor> g,
      Tensor x,
      int n,
      Tensor dy,
      Inner inner,
      Tensor dLow,
      Whole dWhole,
      Dropout dropout,
      int layer,
      LinearLayer linear,
      float beta,
      BaseLinear.Scratch scratch,
      Stopwatch time,
      Tensor dx) {
    if (g.bias() != null) {
      Linear.backwardBias(dy, n, g.bias());
      time.lap(WEIGHT_GRADIENT);
    }
    var dz = w.hasMagnitude() ? gainBackward(w, g, n, dy, inner.whole(), dWhole, time) : dy;
    boolean isDoubled = w.hasMagnitude() && !dropout.isOff();
    if (dx != null) {
      BaseLinear.backward(isDoubled ? dy : dz, n, w.weight(), beta, scratch, dx);
      time.lap(BASE, n, x.cols(), dy.cols());
    }
    if (g.weight() != null) {
      weightBackward(g, x, n, dy, dz, isDoubled, dropout, layer, linear);
      time.lap(WEIGHT_GRADIENT, n, x.cols(), dy.cols());
    }
    if (w.hasAdapter()) {
      Linear.backward(dz, n, w.b(), w.scale(), 0f, dLow);
      time.lap(ADAPTER, n, w.rank(), dy.cols());
      if (g.hasAdapter()) {
        Linear.backwardWeight(inner.low(), n, dz, w.scale(), g.b());
        time.lap(WEIGHT_GRADIENT, n, w.rank(), dy.cols());
        Linear.backwardWeight(dropout.apply(x, n, layer, linear), n, dLow, 1f, g.a());
        time.lap(WEIGHT_GRADIENT, n, w.rank(), x.cols());
      }
      if (dx != null) {
        innerBackward(w, n, dy, isDoubled ? dz : null, dLow, dropout, layer, linear, scratch, dx);
        time.lap(ADAPTER, n, w.rank(), x.cols());
      }
    }
  }

  /// The gradient of `z`; the lengths of the rows count as constants.
  private static Tensor gainBackward(
      LinearTensors<Matrix> w,
      LinearTensors<Tensor> g,
      int n,
      Tensor dy,
      Tensor z,
      Whole scratch,
      Stopwatch time) {
    if (g.hasMagnitude()) {
      Gain.backwardGain(z, n, dy, scratch.dGain());
      RowNorms.backward(scratch.dGain(), w.norm(), g.magnitude());
    }
    Gain.forward(dy, n, w.gain(), 0f, scratch.dz());
    time.lap(ADAPTER);
    return scratch.dz();
  }

  private static void weightBackward(
      LinearTensors<Tensor> g,
      Tensor x,
      int n,
      Tensor dy,
      Tensor dz,
      boolean isDoubled,
      Dropout dropout,
      int layer,
      LinearLayer linear) {
    if (isDoubled) {
      Linear.backwardWeight(x, n, dy, 1f, g.weight());
      var seen = dropout.apply(x, n, layer, linear);
      Linear.backwardWeight(seen, n, dy, -1f, g.weight());
      Linear.backwardWeight(seen, n, dz, 1f, g.weight());
    } else {
      Linear.backwardWeight(x, n, dz, 1f, g.weight());
    }
  }

  /// What comes to the input through the adapter.
  ///
  /// @param dz null unless the weight has seen what was dropped too
  private static void innerBackward(
      LinearTensors<Matrix> w,
      int n,
      Tensor dy,
      Tensor dz,
      Tensor dLow,
      Dropout dropout,
      int layer,
      LinearLayer linear,
      BaseLinear.Scratch scratch,
      Tensor dx) {
    if (dropout.isOff()) {
      Linear.backward(dLow, n, w.a(), 1f, 1f, dx);
      return;
    }
    var dDropped = dropout.scratch(linear);
    Linear.backward(dLow, n, w.a(), 1f, 0f, dDropped);
    if (dz != null) {
      Elementwise.subtractFrom(dy, n, dz);
      Elementwise.scale(dz, n, -1f);
      BaseLinear.backward(dz, n, w.weight(), 1f, scratch, dDropped);
    }
    dropout.backward(dDropped, n, layer, linear, dx);
  }
}
