package dev.hone.model.decoder;

import dev.hone.model.checkpoint.BlockForm.HeadNorm;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What one layer's forward leaves behind for its backward, rows of a pass each.
///
/// @param input `(T, C)` the residual stream that comes in
/// @param h `(T, C)` its normalisation, what the attention's projections see, or itself where the
///   model doesn't normalise it; `r` `(T, 1)` the factors
/// @param rawQ queries before they are normalised, `rawK` keys; null where they aren't
/// @param q `(T, H·D)` queries, rotated; `k`, `v` `(T, Hkv·D)`
/// @param o `(T, H·D)` attention's output; `lse` `(T, H)` the softmax denominators' logs
/// @param attended what attention gives, where that is changed before it is added; else null
/// @param middle `(T, C)` the residual stream after attention
/// @param h2 `(T, C)` its normalisation, what the MLP sees, or itself; `r2` `(T, 1)` the factors
/// @param gate `(T, F)`, and `up`; the backward writes their gradients over them
/// @param m `(T, F)` the gated product
/// @param computed what the MLP gives, as `attended`
/// @param inner per linear layer, in the order q, k, v, o, gate, up, down
record BlockActivations(
    Tensor input,
    Tensor h,
    Tensor r,
    Heads rawQ,
    Heads rawK,
    Tensor q,
    Tensor k,
    Tensor v,
    Tensor o,
    Tensor lse,
    Branch attended,
    Tensor middle,
    Tensor h2,
    Tensor r2,
    Tensor gate,
    Tensor up,
    Tensor m,
    Branch computed,
    List<Inner> inner) {
  private static final String NAME = "activations";

  /// Queries or keys before they are normalised.
  ///
  /// @param x `(T, H·D)`
  /// @param r `(T·H, 1)` the factors, or `(T, 1)` where all heads are normalised together
  record Heads(Tensor x, Tensor r) {
    /// @param normalised where the heads go; they are normalised in place where nobody goes back
    static Heads allocate(
        Allocator memory, ModelConfig config, int tokens, Tensor normalised, boolean keeps) {
      if (config.form().headNorm() == HeadNorm.NONE) {
        return null;
      }
      int dim = normalised.cols();
      int perToken = config.form().headNorm() == HeadNorm.EACH ? dim / config.headDim() : 1;
      return new Heads(
          keeps ? memory.f32(NAME, tokens, dim) : normalised,
          memory.f32(NAME, (long) tokens * perToken, 1));
    }

    /// The factors of `n` tokens from `from` on.
    Tensor factors(int from, int n) {
      long perToken = r.rows() / x.rows();
      return r.rows(from * perToken, (from + n) * perToken);
    }
  }

  /// What an adapter works with inside a linear layer.
  ///
  /// @param low `(T, r)` what it puts its input down to; null without an adapter
  /// @param whole `(T, out)` what layer and adapter give together, before every output has its
  ///   gain; null without magnitudes
  record Inner(Tensor low, Tensor whole) {}

  /// What a half of the block gives to the residual stream.
  ///
  /// @param x `(T, C)`
  /// @param r `(T, 1)` the factors of its normalisation
  /// @param y `(T, C)` its normalisation; shared, or `x` itself
  record Branch(Tensor x, Tensor r, Tensor y) {
    static Branch allocate(Allocator memory, ModelConfig config, int tokens, Tensor y) {
      if (!config.form().changesBranches()) {
        return null;
      }
      var x = memory.f32(NAME, tokens, config.hiddenSize());
      return new Branch(x, memory.f32(NAME, tokens, 1), y == null ? x : y);
    }

    Branch rows(int from, int to) {
      return new Branch(x.rows(from, to), r.rows(from, to), y.rows(from, to));
    }
  }

  /// For passes that nobody goes back from: the residual stream goes through in place.
  ///
  /// @param stream the residual stream, which belongs to somebody else
  /// @param inner from [#inner]
  static BlockActivations allocate(
      Allocator memory, ModelConfig config, int tokens, Tensor stream, List<Inner> inner) {
    return allocate(memory, config, tokens, stream, stream, null, inner);
  }

  /// For passes that are gone back from.
  ///
  /// @param input the residual stream, which belongs to somebody else
  /// @param normed `(T, C)` scratch for what is normalised before it is added
  /// @param inner from [#inner]
  static BlockActivations keeping(
      Allocator memory,
      ModelConfig config,
      int tokens,
      Tensor input,
      Tensor normed,
      List<Inner> inner) {
    var middle = memory.f32(NAME, tokens, config.hiddenSize());
    return allocate(memory, config, tokens, input, middle, normed, inner);
  }

  private static BlockActivations allocate(
      Allocator memory,
      ModelConfig config,
      int tokens,
      Tensor input,
      Tensor middle,
      Tensor normed,
      List<Inner> inner) {
    int c = config.hiddenSize();
    boolean keeps = input != middle;
    var norms = config.form().norms();
    var q = memory.f32(NAME, tokens, config.queryDim());
    var k = memory.f32(NAME, tokens, config.kvDim());
    return new BlockActivations(
        input,
        norms.beforeAttention() == null ? input : memory.f32(NAME, tokens, c),
        memory.f32(NAME, tokens, 1),
        Heads.allocate(memory, config, tokens, q, keeps),
        Heads.allocate(memory, config, tokens, k, keeps),
        q,
        k,
        memory.f32(NAME, tokens, config.kvDim()),
        memory.f32(NAME, tokens, config.queryDim()),
        memory.f32(NAME, tokens, config.numHeads()),
        Branch.allocate(memory, config, tokens, normed),
        middle,
        norms.beforeMlp() == null ? middle : memory.f32(NAME, tokens, c),
        memory.f32(NAME, tokens, 1),
        memory.f32(NAME, tokens, config.intermediateSize()),
        memory.f32(NAME, tokens, config.intermediateSize()),
        memory.f32(NAME, tokens, config.intermediateSize()),
        Branch.allocate(memory, config, tokens, normed),
        inner);
  }

  /// One layer's inner activations of its adapters.
  ///
  /// @param shared buffers by linear layer and width, reused where layers share memory; empty to
  ///   start with
  static List<Inner> inner(
      Allocator memory,
      ModelConfig config,
      AdapterShape adapter,
      int layer,
      int tokens,
      Map<String, Tensor> shared) {
    var inner = new ArrayList<Inner>();
    for (var linear : LinearLayer.values()) {
      var module = linear.module(layer);
      int rank = adapter.rank(module);
      int out = adapter.hasMagnitude(module) ? linear.out(config) : 0;
      inner.add(
          new Inner(
              buffer(memory, linear + " " + rank, tokens, rank, shared),
              buffer(memory, linear + " whole", tokens, out, shared)));
    }
    return List.copyOf(inner);
  }

  private static Tensor buffer(
      Allocator memory, String key, int tokens, int width, Map<String, Tensor> shared) {
    return width == 0 ? null : shared.computeIfAbsent(key, name -> memory.f32(NAME, tokens, width));
  }

  /// The same memory with another residual stream coming in, and another layer's inner activations.
  BlockActivations sharedWith(Tensor otherInput, List<Inner> otherInner) {
    return new BlockActivations(
        otherInput,
        h == input ? otherInput : h,
        r,
        rawQ,
        rawK,
        q,
        k,
        v,
        o,
        lse,
        attended,
        middle,
        h2,
        r2,
        gate,
        up,
        m,
        computed,
        otherInner);
  }

  /// Where queries are projected to.
  Tensor projectedQ() {
    return rawQ == null ? q : rawQ.x;
  }

  /// Where keys are projected to.
  Tensor projectedK() {
    return rawK == null ? k : rawK.x;
  }

  /// The factors of the queries' normalisation; null where there is none.
  Tensor factorsQ() {
    return rawQ == null ? null : rawQ.r;
  }

  Tensor factorsK() {
    return rawK == null ? null : rawK.r;
  }

  Inner inner(LinearLayer linear) {
    return inner.get(linear.ordinal());
  }
}
