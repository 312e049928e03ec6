package dev.hone.model.decoder;

import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/// What one layer's forward leaves behind for its backward, rows of a pass each.
///
/// @param input `(T, C)` the residual stream that comes in
/// @param h `(T, C)` its normalisation, what the attention's projections see; `r` `(T, 1)` its
///   factors
/// @param q `(T, H·D)` queries, rotated; `k`, `v` `(T, Hkv·D)`
/// @param o `(T, H·D)` attention's output; `lse` `(T, H)` the softmax denominators' logs
/// @param middle `(T, C)` the residual stream after attention
/// @param h2 `(T, C)` its normalisation, what the MLP sees; `r2` `(T, 1)` its factors
/// @param gate `(T, F)`, and `up`; the backward writes their gradients over them
/// @param m `(T, F)` the gated product
/// @param low `(T, r)` per linear layer with an adapter, in the order q, k, v, o, gate, up, down;
///   null without
record BlockActivations(
    Tensor input,
    Tensor h,
    Tensor r,
    Tensor q,
    Tensor k,
    Tensor v,
    Tensor o,
    Tensor lse,
    Tensor middle,
    Tensor h2,
    Tensor r2,
    Tensor gate,
    Tensor up,
    Tensor m,
    List<Tensor> low) {
  /// @param input the residual stream, which belongs to somebody else
  /// @param middle the same, or null to allocate one of its own
  /// @param low from [#low]
  static BlockActivations allocate(
      Allocator memory,
      ModelConfig config,
      int tokens,
      Tensor input,
      Tensor middle,
      List<Tensor> low) {
    String name = "activations";
    return new BlockActivations(
        input,
        memory.f32(name, tokens, config.hiddenSize()),
        memory.f32(name, tokens, 1),
        memory.f32(name, tokens, config.queryDim()),
        memory.f32(name, tokens, config.kvDim()),
        memory.f32(name, tokens, config.kvDim()),
        memory.f32(name, tokens, config.queryDim()),
        memory.f32(name, tokens, config.numHeads()),
        middle != null ? middle : memory.f32(name, tokens, config.hiddenSize()),
        memory.f32(name, tokens, config.hiddenSize()),
        memory.f32(name, tokens, 1),
        memory.f32(name, tokens, config.intermediateSize()),
        memory.f32(name, tokens, config.intermediateSize()),
        memory.f32(name, tokens, config.intermediateSize()),
        low);
  }

  /// One layer's inner activations of its adapters.
  ///
  /// @param shared buffers by linear layer and rank, reused where layers share memory; empty to
  ///   start with
  static List<Tensor> low(
      Allocator memory, AdapterShape adapter, int layer, int tokens, Map<String, Tensor> shared) {
    var low = new ArrayList<Tensor>();
    for (var linear : LinearLayer.values()) {
      int rank = adapter.rank(linear.module(layer));
      low.add(
          rank == 0
              ? null
              : shared.computeIfAbsent(
                  linear + " " + rank, key -> memory.f32("activations", tokens, rank)));
    }
    return Collections.unmodifiableList(low);
  }

  /// The same memory with another residual stream coming in, and another layer's inner activations.
  BlockActivations sharedWith(Tensor otherInput, List<Tensor> otherLow) {
    return new BlockActivations(
        otherInput, h, r, q, k, v, o, lse, middle, h2, r2, gate, up, m, otherLow);
  }

  Tensor low(LinearLayer linear) {
    return low.get(linear.ordinal());
  }
}
