package dev.hone.model.decoder;

import dev.hone.tensor.Matrix;
import dev.hone.tensor.Tensor;

/// What belongs to one linear layer: its weights, or their gradients.
///
/// A part that the layer doesn't have is null: no bias, no adapter; among gradients also what is
/// frozen.
///
/// @param <M> a [Tensor] among gradients, any matrix among weights
/// @param weight `(out, in)`
/// @param bias `out` elements
/// @param a the adapter's down-projection `(r, in)`
/// @param b the adapter's up-projection `(out, r)`
/// @param scale what the adapter's output is multiplied by
/// @param magnitude the learned lengths of the adapted weight's rows, `out` elements
/// @param norm the lengths that `weight + scale · b·a` has, `out` elements; of weights alone
/// @param gain `magnitude / norm`; of weights alone
record LinearTensors<M extends Matrix>(
    M weight,
    Tensor bias,
    Tensor a,
    Tensor b,
    float scale,
    Tensor magnitude,
    Tensor norm,
    Tensor gain) {
  boolean hasAdapter() {
    return a != null;
  }

  boolean hasMagnitude() {
    return magnitude != null;
  }

  int rank() {
    return hasAdapter() ? Math.toIntExact(a.rows()) : 0;
  }
}
