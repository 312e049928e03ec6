package dev.hone.model.decoder;

import static dev.hone.tensor.Stopwatch.Operation.ATTENTION;
import static dev.hone.tensor.Stopwatch.Operation.EMBEDDING;
import static dev.hone.tensor.Stopwatch.Operation.HEAD;
import static dev.hone.tensor.Stopwatch.Operation.LOSS;
import static dev.hone.tensor.Stopwatch.Operation.NORM;
import static dev.hone.tensor.Stopwatch.Operation.ROPE;
import static dev.hone.tensor.Stopwatch.Operation.SWIGLU;
import static dev.hone.tensor.Stopwatch.Operation.WEIGHT_GRADIENT;

import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.Attention;
import dev.hone.tensor.BaseLinear;
import dev.hone.tensor.CrossEntropy;
import dev.hone.tensor.CrossEntropy.Score;
import dev.hone.tensor.Embedding;
import dev.hone.tensor.Linear;
import dev.hone.tensor.Matrix;
import dev.hone.tensor.RmsNorm;
import dev.hone.tensor.Rope;
import dev.hone.tensor.Spans;
import dev.hone.tensor.SwiGlu;
import dev.hone.tensor.Tensor;
import java.util.Optional;
import java.util.function.Function;

/// A Llama-architecture decoder: the forward pass over packed rows, and its backward written out by
/// hand.
///
/// Rows lie end to end without padding; attention stays inside each row, so a packed pass equals
/// one pass per row. What rows have in common at their beginning is computed once, if the batch has
/// it once. The head sees only positions that have a target, a chunk of them at a time, and each
/// chunk's logits become their own gradient in place: the full logits never exist.
///
/// A block reads, with `x` coming in:
///
/// ```
/// h = norm(x)    q,k,v = h·W   rotate q,k    middle = x + attention(q,k,v)·Wo
/// h2 = norm(middle)   gate,up = h2·W         out = middle + (silu(gate)·up)·Wdown
/// ```
///
/// The backward walks the same lines upward. `dx` is the gradient of the residual stream all the
/// way down: each norm's input gradient is added to it, which is the residual connection's
/// backward.
///
/// One decoder may run on many threads at once, each with a [Workspace] of its own.
public final class Decoder {
  private final ModelConfig config;
  private final BaseWeights base;
  private final DecoderTensors<Matrix> weights;
  private final RopeTables rope;
  private final Attention attention;

  private Decoder(
      ModelConfig config, BaseWeights base, DecoderTensors<Matrix> weights, RopeTables rope) {
    this.config = config;
    this.base = base;
    this.weights = weights;
    this.rope = rope;
    this.attention = new Attention(config.numHeads(), config.numKvHeads(), config.headDim());
  }

  /// A decoder without adapter.
  ///
  /// @param maxPositions the longest sequence that it will see, tokens
  public static Decoder of(
      ModelConfig config, BaseWeights weights, Allocator memory, int maxPositions) {
    return new Decoder(
        config,
        weights,
        DecoderTensors.bind(config, weights::matrix, weights::vector, m -> 0f),
        RopeTables.of(memory, config, maxPositions));
  }

  /// The same decoder with an adapter: weights and tables are shared.
  ///
  /// @param parameters the adapter's, named as [AdapterShape#parameters] lists them
  public Decoder withAdapter(AdapterShape shape, ParameterSet parameters) {
    Function<String, Optional<Tensor>> others =
        name -> parameters.find(name).or(() -> base.vector(name));
    return new Decoder(
        config, base, DecoderTensors.bind(config, base::matrix, others, shape::scale), rope);
  }

  /// What the base's matrices are kept in.
  public BaseDtype baseDtype() {
    return base.dtype();
  }

  public ModelConfig config() {
    return config;
  }

  /// Runs a batch and scores its targets, without dropout; nothing is kept.
  public Score score(PackedBatch batch, Workspace ws) {
    ws.begin(false);
    forward(batch, ws);
    return head(batch, ws, null);
  }

  /// Runs a batch forward and backward, and adds the gradients of the summed loss to `gradients`.
  public Score scoreAndBackward(PackedBatch batch, Workspace ws, DecoderGradients gradients) {
    if (ws.mode == Workspace.Mode.INFERENCE) {
      throw new IllegalArgumentException("a workspace for inference keeps nothing to go back from");
    }
    ws.begin(true);
    forward(batch, ws);
    var score = head(batch, ws, gradients.tensors());
    backward(batch, ws, gradients.tensors());
    return score;
  }

  /// Logits after every token of the batch's rows, for comparisons and short texts.
  ///
  /// @param logits `(T, V)`, overwritten
  public void logits(PackedBatch batch, Workspace ws, Tensor logits) {
    ws.begin(false);
    forward(batch, ws);
    int n = batch.numTokens();
    RmsNorm.forward(ws.output, n, weights.norm(), eps(), ws.head.h(), ws.head.r());
    BaseLinear.forward(ws.head.h(), n, weights.head(), 0f, ws.base(), logits);
  }

  /// Runs the next tokens of one sequence on top of what the cache holds, and leaves their keys and
  /// values there.
  ///
  /// @param ids the next tokens, the first `n` in use
  /// @param logits `V` elements, overwritten: the logits after the last of them
  public void extend(int[] ids, int n, KvCache cache, Workspace ws, Tensor logits) {
    if (ws.mode != Workspace.Mode.INFERENCE) {
      throw new IllegalArgumentException(
          "extending a cache needs a workspace for inference, not " + ws.mode);
    }
    if (n < 1 || n > ws.maxTokens || cache.length() + n > cache.capacity()) {
      throw new IllegalArgumentException(
          "%d tokens on top of %d do not fit a cache of %d and passes of %d"
              .formatted(n, cache.length(), cache.capacity(), ws.maxTokens));
    }
    int past = cache.length();
    var positions = new int[n];
    for (int i = 0; i < n; i++) {
      positions[i] = past + i;
    }
    var spans = Spans.extending(past, n);
    Embedding.forward(ids, n, weights.embedding(), ws.output);
    for (int l = 0; l < config.numLayers(); l++) {
      var keys = new Keys(cache.keys(l), cache.values(l), past);
      block(l, ws.blocks.get(l), keys, positions, n, spans, ws, ws.output);
    }
    cache.grow(n);
    var last = ws.output.rows(n - 1, n);
    RmsNorm.forward(last, 1, weights.norm(), eps(), ws.head.h(), ws.head.r());
    BaseLinear.forward(ws.head.h(), 1, weights.head(), 0f, ws.base(), logits);
  }

  private float eps() {
    return (float) config.rmsNormEps();
  }

  /// Where a pass puts its keys and values, and where attention reads them.
  ///
  /// @param at the row of the pass's first token
  private record Keys(Tensor k, Tensor v, int at) {
    Tensor newK(int n) {
      return k.rows(at, at + n);
    }

    Tensor newV(int n) {
      return v.rows(at, at + n);
    }
  }

  private void forward(PackedBatch batch, Workspace ws) {
    int n = batch.numTokens();
    if (n > ws.maxTokens) {
      throw new IllegalArgumentException(
          "a batch of %d tokens, workspace for %d".formatted(n, ws.maxTokens));
    }
    Embedding.forward(batch.ids(), n, weights.embedding(), ws.blocks.getFirst().input());
    ws.time.lap(EMBEDDING);
    for (int l = 0; l < config.numLayers(); l++) {
      var a = ws.blocks.get(l);
      block(
          l, a, new Keys(a.k(), a.v(), 0), batch.positions(), n, batch.spans(), ws, output(l, ws));
    }
  }

  /// Where block `l` leaves the residual stream.
  private Tensor output(int l, Workspace ws) {
    return l + 1 < config.numLayers() ? ws.blocks.get(l + 1).input() : ws.output;
  }

  private void block(
      int l,
      BlockActivations a,
      Keys keys,
      int[] positions,
      int n,
      Spans spans,
      Workspace ws,
      Tensor out) {
    attentionHalf(l, a, keys, positions, n, spans, ws);
    mlpHalf(l, a, n, ws);
    var w = weights.blocks().get(l);
    copyUnlessSame(a.middle(), n, out);
    ws.time.lap(NORM);
    project(w.down(), a.m(), n, 1f, l, LinearLayer.DOWN, a, ws, out);
  }

  private void attentionHalf(
      int l, BlockActivations a, Keys keys, int[] positions, int n, Spans spans, Workspace ws) {
    var w = weights.blocks().get(l);
    RmsNorm.forward(a.input(), n, w.inputNorm(), eps(), a.h(), a.r());
    ws.time.lap(NORM);
    var k = keys.newK(n);
    project(w.q(), a.h(), n, 0f, l, LinearLayer.Q, a, ws, a.q());
    project(w.k(), a.h(), n, 0f, l, LinearLayer.K, a, ws, k);
    project(w.v(), a.h(), n, 0f, l, LinearLayer.V, a, ws, keys.newV(n));
    Rope.forward(a.q(), positions, n, rope.cos(), rope.sin());
    Rope.forward(k, positions, n, rope.cos(), rope.sin());
    ws.time.lap(ROPE);
    attention.forward(a.q(), keys.k(), keys.v(), spans, ws.attention, a.o(), a.lse());
    ws.time.lap(ATTENTION);
    copyUnlessSame(a.input(), n, a.middle());
    ws.time.lap(NORM);
    project(w.o(), a.o(), n, 1f, l, LinearLayer.O, a, ws, a.middle());
  }

  private void mlpHalf(int l, BlockActivations a, int n, Workspace ws) {
    var w = weights.blocks().get(l);
    RmsNorm.forward(a.middle(), n, w.postNorm(), eps(), a.h2(), a.r2());
    ws.time.lap(NORM);
    project(w.gate(), a.h2(), n, 0f, l, LinearLayer.GATE, a, ws, a.gate());
    project(w.up(), a.h2(), n, 0f, l, LinearLayer.UP, a, ws, a.up());
    SwiGlu.forward(a.gate(), a.up(), n, a.m());
    ws.time.lap(SWIGLU);
  }

  private static void project(
      LinearTensors<Matrix> w,
      Tensor x,
      int n,
      float beta,
      int layer,
      LinearLayer linear,
      BlockActivations a,
      Workspace ws,
      Tensor y) {
    Projection.forward(
        w, x, n, beta, a.low(linear), ws.dropout(), layer, linear, ws.base(), ws.time, y);
  }

  private static void copyUnlessSame(Tensor from, int n, Tensor to) {
    if (from != to) {
      to.copyFrom(from, n);
    }
  }

  /// Scores the targets, chunk by chunk; with gradients wanted, also starts `dx`.
  ///
  /// @param g null to score only
  private Score head(PackedBatch batch, Workspace ws, DecoderTensors<Tensor> g) {
    var head = ws.head;
    int n = gatherTargets(batch, ws);
    RmsNorm.forward(head.x(), n, weights.norm(), eps(), head.h(), head.r());
    ws.time.lap(NORM);
    var score = Score.NONE;
    int chunk = Math.toIntExact(head.logits().rows());
    for (int from = 0; from < n; from += chunk) {
      score = score.plus(headChunk(ws, from, Math.min(chunk, n - from), g));
    }
    if (g != null) {
      headBackward(batch, ws, n, g);
    }
    return score;
  }

  private int gatherTargets(PackedBatch batch, Workspace ws) {
    int n = 0;
    for (int t = 0; t < batch.numTokens(); t++) {
      int target = batch.targets()[t];
      if (target != PackedBatch.NO_TARGET) {
        ws.head.rows()[n] = t;
        ws.head.weights()[n] = batch.weights()[t];
        ws.head.targets()[n++] = target;
      }
    }
    Embedding.forward(ws.head.rows(), n, ws.output, ws.head.x());
    return n;
  }

  private Score headChunk(Workspace ws, int from, int n, DecoderTensors<Tensor> g) {
    var head = ws.head;
    var h = head.h().rows(from, from + n);
    int c = config.hiddenSize();
    int v = config.vocabSize();
    BaseLinear.forward(h, n, weights.head(), 0f, ws.base(), head.logits());
    ws.time.lap(HEAD, n, c, v);
    var score =
        CrossEntropy.forward(head.logits(), n, head.targets(), head.weights(), from, g != null);
    ws.time.lap(LOSS);
    if (g != null) {
      BaseLinear.backwardLogits(
          head.logits(), n, weights.head(), ws.base(), head.dh().rows(from, from + n));
      ws.time.lap(HEAD, n, c, v);
      if (g.head() != null) {
        Linear.backwardWeight(h, n, head.logits(), 1f, g.head());
        ws.time.lap(WEIGHT_GRADIENT, n, c, v);
      }
    }
    return score;
  }

  private void headBackward(PackedBatch batch, Workspace ws, int n, DecoderTensors<Tensor> g) {
    var head = ws.head;
    if (g.norm() != null) {
      RmsNorm.backwardWeight(head.x(), n, head.r(), head.dh(), g.norm());
    }
    // the gathered rows' gradients go into h, which nobody needs any more, and from there to their
    // places
    head.h().clear(n);
    RmsNorm.backward(head.x(), n, weights.norm(), head.r(), head.dh(), head.h());
    ws.gradients.dx().clear(batch.numTokens());
    Embedding.backward(head.rows(), n, head.h(), ws.gradients.dx());
    ws.time.lap(NORM);
  }

  private void backward(PackedBatch batch, Workspace ws, DecoderTensors<Tensor> g) {
    int n = batch.numTokens();
    for (int l = config.numLayers() - 1; l >= 0; l--) {
      var a = ws.blocks.get(l);
      if (ws.mode == Workspace.Mode.RECOMPUTE) {
        recompute(l, a, batch, n, ws);
      }
      mlpBackward(l, a, n, ws, g.blocks().get(l));
      attentionBackward(l, a, batch, n, ws, g.blocks().get(l));
    }
    if (g.embedding() != null) {
      Embedding.backward(batch.ids(), n, ws.gradients.dx(), g.embedding());
      ws.time.lap(EMBEDDING);
    }
  }

  /// The block's forward once more, but for the product that leaves it.
  private void recompute(int l, BlockActivations a, PackedBatch batch, int n, Workspace ws) {
    attentionHalf(l, a, new Keys(a.k(), a.v(), 0), batch.positions(), n, batch.spans(), ws);
    mlpHalf(l, a, n, ws);
    var down = LinearLayer.DOWN;
    Projection.low(
        weights.blocks().get(l).down(), a.m(), n, a.low(down), ws.dropout(), l, down, ws.time);
  }

  private void mlpBackward(
      int l, BlockActivations a, int n, Workspace ws, DecoderTensors.Block<Tensor> g) {
    var w = weights.blocks().get(l);
    var s = ws.gradients;
    back(w.down(), g.down(), a.m(), n, s.dx(), l, LinearLayer.DOWN, a, ws, 0f, s.dm());
    SwiGlu.backward(a.gate(), a.up(), n, s.dm());
    ws.time.lap(SWIGLU);
    back(w.gate(), g.gate(), a.h2(), n, a.gate(), l, LinearLayer.GATE, a, ws, 0f, s.dh());
    back(w.up(), g.up(), a.h2(), n, a.up(), l, LinearLayer.UP, a, ws, 1f, s.dh());
    normBackward(a.middle(), n, w.postNorm(), a.r2(), s, g.postNorm());
    ws.time.lap(NORM);
  }

  private void attentionBackward(
      int l,
      BlockActivations a,
      PackedBatch batch,
      int n,
      Workspace ws,
      DecoderTensors.Block<Tensor> g) {
    var w = weights.blocks().get(l);
    var s = ws.gradients;
    back(w.o(), g.o(), a.o(), n, s.dx(), l, LinearLayer.O, a, ws, 0f, s.dOut());
    attention.backward(
        a.q(),
        a.k(),
        a.v(),
        batch.spans(),
        ws.attention,
        a.o(),
        a.lse(),
        s.dOut(),
        s.dq(),
        s.dk(),
        s.dv());
    ws.time.lap(ATTENTION);
    Rope.backward(s.dq(), batch.positions(), n, rope.cos(), rope.sin());
    Rope.backward(s.dk(), batch.positions(), n, rope.cos(), rope.sin());
    ws.time.lap(ROPE);
    back(w.q(), g.q(), a.h(), n, s.dq(), l, LinearLayer.Q, a, ws, 0f, s.dh());
    back(w.k(), g.k(), a.h(), n, s.dk(), l, LinearLayer.K, a, ws, 1f, s.dh());
    back(w.v(), g.v(), a.h(), n, s.dv(), l, LinearLayer.V, a, ws, 1f, s.dh());
    normBackward(a.input(), n, w.inputNorm(), a.r(), s, g.inputNorm());
    ws.time.lap(NORM);
  }

  private static void back(
      LinearTensors<Matrix> w,
      LinearTensors<Tensor> g,
      Tensor x,
      int n,
      Tensor dy,
      int layer,
      LinearLayer linear,
      BlockActivations a,
      Workspace ws,
      float beta,
      Tensor dx) {
    var dLow = w.hasAdapter() ? ws.gradients.low(w.rank()) : null;
    Projection.backward(
        w,
        g,
        x,
        n,
        dy,
        a.low(linear),
        dLow,
        ws.dropout(),
        layer,
        linear,
        beta,
        ws.base(),
        ws.time,
        dx);
  }

  /// Takes `dh` through a norm and adds it to `dx`.
  private static void normBackward(
      Tensor x, int n, Tensor w, Tensor r, Workspace.Gradients s, Tensor dw) {
    if (dw != null) {
      RmsNorm.backwardWeight(x, n, r, s.dh(), dw);
    }
    RmsNorm.backward(x, n, w, r, s.dh(), s.dx());
  }
}
