package dev.hone.model.decoder;

import static dev.hone.tensor.Stopwatch.Operation.ATTENTION;
import static dev.hone.tensor.Stopwatch.Operation.EMBEDDING;
import static dev.hone.tensor.Stopwatch.Operation.GLU;
import static dev.hone.tensor.Stopwatch.Operation.NORM;
import static dev.hone.tensor.Stopwatch.Operation.ROPE;

import dev.hone.model.checkpoint.BlockForm;
import dev.hone.model.checkpoint.BlockForm.HeadNorm;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.Attention;
import dev.hone.tensor.CrossEntropy.Score;
import dev.hone.tensor.Elementwise;
import dev.hone.tensor.Embedding;
import dev.hone.tensor.Matrix;
import dev.hone.tensor.RmsNorm;
import dev.hone.tensor.Selection;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.TokenRows;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/// A decoder of any [dev.hone.model.checkpoint.BlockForm]: the forward pass over packed rows, and
/// its backward written out by hand.
///
/// Rows lie end to end without padding; attention stays inside each row, so a packed pass equals
/// one pass per row. What rows have in common at their beginning is computed once, if the batch has
/// it once. Behind the last layer's attention only positions that have a target go on, since nobody
/// sees the others any more; the [Head] takes a chunk of them at a time.
///
/// A block of Llama's reads, with `x` coming in:
///
/// ```
/// h = norm(x)    q,k,v = h·W   rotate q,k    middle = x + attention(q,k,v)·Wo
/// h2 = norm(middle)   gate,up = h2·W         out = middle + (silu(gate)·up)·Wdown
/// ```
///
/// Other forms normalise q and k before they are rotated, or what the halves give before it is
/// added, instead of or besides what they get.
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
  private final List<Attention> attention;
  private final RmsNorm norm;
  private final BlockForm form;
  private final Optional<RowNorms> norms;
  private final TokenRows inputRows;
  private final Head head;

  private Decoder(
      ModelConfig config,
      BaseWeights base,
      DecoderTensors<Matrix> weights,
      RopeTables rope,
      Optional<RowNorms> norms,
      TokenRows inputRows,
      TokenRows outputRows) {
    this.config = config;
    this.base = base;
    this.weights = weights;
    this.rope = rope;
    this.norms = norms;
    this.inputRows = inputRows;
    this.form = config.form();
    this.attention =
        IntStream.range(0, config.numLayers())
            .mapToObj(l -> Workspace.attention(config, l))
            .toList();
    this.norm = new RmsNorm((float) config.rmsNormEps(), form.normOffset());
    this.head = new Head(config, weights, norm, outputRows);
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
        RopeTables.of(memory, config, maxPositions),
        Optional.empty(),
        TokenRows.NONE,
        TokenRows.NONE);
  }

  /// The same decoder with an adapter: weights and tables are shared.
  ///
  /// @param parameters the adapter's, named as [AdapterShape#parameters] lists them
  /// @param memory for what is worked out of them ([RowNorms])
  public Decoder withAdapter(AdapterShape shape, ParameterSet parameters, Allocator memory) {
    var lengths = RowNorms.allocate(memory, config, shape);
    Function<String, Optional<Tensor>> others =
        name -> parameters.find(name).or(() -> lengths.find(name)).or(() -> base.vector(name));
    Function<String, Optional<Matrix>> matrices =
        name -> parameters.find(name).map(Matrix.class::cast).or(() -> base.matrix(name));
    var bound = DecoderTensors.bind(config, matrices, others, shape::scale);
    var used = shape.hasMagnitudes() ? Optional.of(lengths) : norms;
    var inputs = shape.tokenRows(AdapterShape.EMBEDDING, parameters);
    var outputs =
        config.tieWordEmbeddings() ? inputs : shape.tokenRows(AdapterShape.HEAD, parameters);
    var adapted = new Decoder(config, base, bound, rope, used, inputs, outputs);
    adapted.adapterChanged();
    return adapted;
  }

  /// To be told after every change of the adapter's parameters, before the next pass.
  public void adapterChanged() {
    norms.ifPresent(lengths -> lengths.update(weights.linears()));
  }

  /// Gives adapted rows the lengths that they have, so that a new adapter changes nothing.
  public void startMagnitudes() {
    RowNorms.start(weights.linears());
  }

  /// As [#adapterChanged], where only magnitudes have changed since.
  void magnitudesChanged() {
    RowNorms.updateGains(weights.linears());
  }

  /// How long the rows of a linear layer's weight are without an adapter, `(1, out)`.
  public Tensor rowNorms(String module, Allocator memory) {
    return RowNorms.of(base.matrix(module + ".weight").orElseThrow(), memory);
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
    ws.chooseTargets(batch);
    forward(batch, ws);
    return head.score(ws, null);
  }

  /// Runs a batch forward and backward, and adds the gradients of the summed loss to `gradients`.
  public Score scoreAndBackward(PackedBatch batch, Workspace ws, DecoderGradients gradients) {
    if (ws.mode == Workspace.Mode.INFERENCE) {
      throw new IllegalArgumentException("a workspace for inference keeps nothing to go back from");
    }
    ws.begin(true);
    ws.chooseTargets(batch);
    forward(batch, ws);
    var score = head.score(ws, gradients.tensors());
    backward(batch, ws, gradients.tensors());
    return score;
  }

  /// Logits after every token of the batch's rows, for comparisons and short texts.
  ///
  /// @param logits `(T, V)`, overwritten
  public void logits(PackedBatch batch, Workspace ws, Tensor logits) {
    ws.begin(false);
    int n = batch.numTokens();
    ws.choose(0, n);
    forward(batch, ws);
    head.logits(ws, n, logits);
  }

  DecoderTensors<Matrix> weights() {
    return weights;
  }

  RopeTables rope() {
    return rope;
  }

  Attention attention(int layer) {
    return attention.get(layer);
  }

  Head head() {
    return head;
  }

  RmsNorm norm() {
    return norm;
  }

  /// Looks tokens up.
  ///
  /// @param x `(T, C)`, overwritten
  void embed(int[] ids, int n, Tensor x) {
    Embedding.forward(ids, n, weights.embedding(), x);
    inputRows.embed(ids, n, x);
    Elementwise.scale(x, n, form.embeddingScale());
  }

  /// Rows of the embedding that an adapter has its own version of.
  TokenRows inputRows() {
    return inputRows;
  }

  /// Normalises the queries or keys of `n` tokens, where the model does.
  ///
  /// @param x `(T, H·D)`, `y` likewise; may be one
  /// @param w null where they aren't normalised
  /// @param r the factors, as [BlockActivations.Heads] has them
  void normHeads(Tensor x, Tensor w, int n, Tensor y, Tensor r) {
    if (w != null) {
      int heads = heads(y);
      norm.forward(split(x, heads), n * heads, w, split(y, heads), r);
    }
  }

  /// Rows that are normalised by themselves in one of `x`.
  private int heads(Tensor x) {
    return form.headNorm() == HeadNorm.EACH ? x.cols() / config.headDim() : 1;
  }

  private static Tensor split(Tensor x, int heads) {
    return heads == 1 ? x : x.reshape(x.rows() * heads, x.cols() / heads);
  }

  /// Adds what a half of the block gives to the residual stream.
  ///
  /// @param w its norm; null where it is scaled only
  void addBranch(BlockActivations.Branch branch, Tensor w, int n, Tensor stream) {
    var y = branch.x();
    if (w != null) {
      y = branch.y();
      norm.forward(branch.x(), n, w, y, branch.r());
    }
    Elementwise.scale(y, n, form.residualScale());
    Elementwise.addRows(stream, y, n);
  }

  private void forward(PackedBatch batch, Workspace ws) {
    int n = batch.numTokens();
    if (n > ws.maxTokens) {
      throw new IllegalArgumentException(
          "a batch of %d tokens, workspace for %d".formatted(n, ws.maxTokens));
    }
    var stream = ws.blocks.getFirst().input();
    embed(batch.ids(), n, stream);
    ws.time.lap(EMBEDDING);
    for (int l = 0; l < config.numLayers(); l++) {
      block(l, ws.blocks.get(l), batch, ws, output(l, ws));
    }
  }

  /// Where block `l` leaves the residual stream.
  private Tensor output(int l, Workspace ws) {
    return l + 1 < config.numLayers() ? ws.blocks.get(l + 1).input() : ws.output;
  }

  private void block(int l, BlockActivations a, PackedBatch batch, Workspace ws, Tensor out) {
    attentionHalf(l, a, batch, ws);
    int m = mlpRows(l, batch.numTokens(), ws);
    mlpHalf(l, a, m, ws);
    var w = weights.blocks().get(l);
    out.copyFrom(a.middle(), m);
    ws.time.lap(NORM);
    add(w.down(), a.m(), m, l, LinearLayer.DOWN, a, ws, a.computed(), w.mlpNorm(), out);
  }

  /// Projects `x` onto the residual stream, as the model's branches go there.
  private void add(
      LinearTensors<Matrix> w,
      Tensor x,
      int n,
      int layer,
      LinearLayer linear,
      BlockActivations a,
      Workspace ws,
      BlockActivations.Branch branch,
      Tensor norm,
      Tensor stream) {
    boolean isAdded = branch == null;
    project(w, x, n, isAdded ? 1f : 0f, layer, linear, a, ws, isAdded ? stream : branch.x());
    if (!isAdded) {
      addBranch(branch, norm, n, stream);
      ws.time.lap(NORM);
    }
  }

  private boolean isLast(int l) {
    return l == config.numLayers() - 1;
  }

  /// How many rows go on behind attention.
  private int mlpRows(int l, int n, Workspace ws) {
    return isLast(l) ? ws.numChosen() : n;
  }

  private void attentionHalf(int l, BlockActivations a, PackedBatch batch, Workspace ws) {
    int n = batch.numTokens();
    var w = weights.blocks().get(l);
    if (w.inputNorm() != null) {
      norm.forward(a.input(), n, w.inputNorm(), a.h(), a.r());
      ws.time.lap(NORM);
    }
    project(w.q(), a.h(), n, 0f, l, LinearLayer.Q, a, ws, a.projectedQ());
    project(w.k(), a.h(), n, 0f, l, LinearLayer.K, a, ws, a.projectedK());
    project(w.v(), a.h(), n, 0f, l, LinearLayer.V, a, ws, a.v());
    normHeads(a.projectedQ(), w.qNorm(), n, a.q(), a.factorsQ());
    normHeads(a.projectedK(), w.kNorm(), n, a.k(), a.factorsK());
    ws.time.lap(NORM);
    var rotation = form.layer(l).rotation();
    rope.rotate(rotation, a.q(), batch.positions(), n);
    rope.rotate(rotation, a.k(), batch.positions(), n);
    ws.time.lap(ROPE);
    attention(l).forward(a.q(), a.k(), a.v(), batch.spans(), ws.attention, a.o(), a.lse());
    ws.time.lap(ATTENTION, batch.spans().pairs(), 2L * config.queryDim(), 1);
    if (isLast(l)) {
      Selection.forward(a.o(), ws.head.rows(), ws.numChosen(), ws.head.o());
      Selection.forward(a.input(), ws.head.rows(), ws.numChosen(), a.middle());
    } else {
      a.middle().copyFrom(a.input(), n);
    }
    ws.time.lap(NORM);
    int m = mlpRows(l, n, ws);
    var o = o(l, a, ws);
    add(w.o(), o, m, l, LinearLayer.O, a, ws, a.attended(), w.branchNorm(), a.middle());
  }

  /// Attention's output as the projection behind it sees it.
  private Tensor o(int l, BlockActivations a, Workspace ws) {
    return isLast(l) ? ws.head.o() : a.o();
  }

  private void mlpHalf(int l, BlockActivations a, int n, Workspace ws) {
    var w = weights.blocks().get(l);
    if (w.postNorm() != null) {
      norm.forward(a.middle(), n, w.postNorm(), a.h2(), a.r2());
      ws.time.lap(NORM);
    }
    project(w.gate(), a.h2(), n, 0f, l, LinearLayer.GATE, a, ws, a.gate());
    project(w.up(), a.h2(), n, 0f, l, LinearLayer.UP, a, ws, a.up());
    form.glu().forward(a.gate(), a.up(), n, a.m());
    ws.time.lap(GLU);
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
        w, x, n, beta, a.inner(linear), ws.dropout(), layer, linear, ws.base(), ws.time, y);
  }

  private void backward(PackedBatch batch, Workspace ws, DecoderTensors<Tensor> g) {
    int n = batch.numTokens();
    for (int l = config.numLayers() - 1; l >= 0; l--) {
      var a = ws.blocks.get(l);
      if (ws.mode == Workspace.Mode.RECOMPUTE) {
        recompute(l, a, batch, n, ws);
      }
      mlpBackward(l, a, mlpRows(l, n, ws), ws, g.blocks().get(l));
      attentionBackward(l, a, batch, n, ws, g);
    }
    if (g.embedding() != null || g.inputRows() != null) {
      Elementwise.scale(ws.gradients.dx(), n, form.embeddingScale());
    }
    if (g.embedding() != null) {
      Embedding.backward(batch.ids(), n, ws.gradients.dx(), g.embedding());
    }
    if (g.inputRows() != null) {
      inputRows.embedBackward(batch.ids(), n, ws.gradients.dx(), g.inputRows());
    }
    ws.time.lap(EMBEDDING);
  }

  /// The block's forward once more, but for the product that leaves it, unless its norm needs that.
  private void recompute(int l, BlockActivations a, PackedBatch batch, int n, Workspace ws) {
    attentionHalf(l, a, batch, ws);
    int m = mlpRows(l, n, ws);
    mlpHalf(l, a, m, ws);
    var down = LinearLayer.DOWN;
    var w = weights.blocks().get(l);
    if (w.mlpNorm() == null) {
      Projection.inner(
          w.down(), a.m(), m, a.inner(down), ws.dropout(), l, down, ws.base(), ws.time);
    } else {
      project(w.down(), a.m(), m, 0f, l, down, a, ws, a.computed().x());
      norm.forward(a.computed().x(), m, w.mlpNorm(), a.computed().y(), a.computed().r());
    }
  }

  private void mlpBackward(
      int l, BlockActivations a, int n, Workspace ws, DecoderTensors.Block<Tensor> g) {
    var w = weights.blocks().get(l);
    var s = ws.gradients;
    var dy = branchBackward(a.computed(), w.mlpNorm(), n, s, g.mlpNorm());
    back(w.down(), g.down(), a.m(), n, dy, l, LinearLayer.DOWN, a, ws, 0f, s.dm());
    form.glu().backward(a.gate(), a.up(), n, s.dm());
    ws.time.lap(GLU);
    boolean isNormed = w.postNorm() != null;
    var dh = isNormed ? s.dh() : s.dx();
    float beta = isNormed ? 0f : 1f;
    back(w.gate(), g.gate(), a.h2(), n, a.gate(), l, LinearLayer.GATE, a, ws, beta, dh);
    back(w.up(), g.up(), a.h2(), n, a.up(), l, LinearLayer.UP, a, ws, 1f, dh);
    if (isNormed) {
      normBackward(a.middle(), n, w.postNorm(), a.r2(), s, g.postNorm());
    }
    ws.time.lap(NORM);
  }

  /// The gradient of what a half of the block gives, from that of the residual stream.
  ///
  /// @param branch null where it is added as it is
  private Tensor branchBackward(
      BlockActivations.Branch branch, Tensor w, int n, Workspace.Gradients s, Tensor dw) {
    if (branch == null) {
      return s.dx();
    }
    if (w == null) {
      s.dBranch().copyFrom(s.dx(), n);
      Elementwise.scale(s.dBranch(), n, form.residualScale());
      return s.dBranch();
    }
    if (dw != null) {
      RmsNorm.backwardWeight(branch.x(), n, branch.r(), s.dx(), dw);
    }
    s.dBranch().clear(n);
    norm.backward(branch.x(), n, w, branch.r(), s.dx(), s.dBranch());
    return s.dBranch();
  }

  /// Takes the gradient of normalised queries or keys to what was normalised.
  ///
  /// @param raw null where they aren't
  /// @param into where it goes, `(T, H·D)`; unused where nothing is normalised
  /// @return where it is
  private Tensor headsBackward(
      BlockActivations.Heads raw, Tensor w, int n, Tensor dy, Tensor dw, Tensor into) {
    if (raw == null) {
      return dy;
    }
    int heads = heads(dy);
    var x = split(raw.x(), heads);
    if (dw != null) {
      RmsNorm.backwardWeight(x, n * heads, raw.r(), split(dy, heads), dw);
    }
    into.clear(n);
    norm.backward(x, n * heads, w, raw.r(), split(dy, heads), split(into, heads));
    return into;
  }

  private void attentionBackward(
      int l,
      BlockActivations a,
      PackedBatch batch,
      int n,
      Workspace ws,
      DecoderTensors<Tensor> all) {
    var w = weights.blocks().get(l);
    var g = all.blocks().get(l);
    var s = ws.gradients;
    int m = mlpRows(l, n, ws);
    var dy = branchBackward(a.attended(), w.branchNorm(), m, s, g.branchNorm());
    back(w.o(), g.o(), o(l, a, ws), m, dy, l, LinearLayer.O, a, ws, 0f, s.dOut());
    if (isLast(l)) {
      Selection.backward(s.dOut(), ws.head.rows(), m, n);
      Selection.backward(s.dx(), ws.head.rows(), m, n);
      ws.time.lap(NORM);
    }
    attention(l)
        .backward(
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
    ws.time.lap(ATTENTION, batch.spans().pairs(), 5L * config.queryDim(), 1);
    var rotation = form.layer(l).rotation();
    rope.rotateBack(rotation, s.dq(), batch.positions(), n);
    rope.rotateBack(rotation, s.dk(), batch.positions(), n);
    ws.time.lap(ROPE);
    var dq = headsBackward(a.rawQ(), w.qNorm(), n, s.dq(), g.qNorm(), a.q());
    var dk = headsBackward(a.rawK(), w.kNorm(), n, s.dk(), g.kNorm(), a.k());
    ws.time.lap(NORM);
    boolean isNormed = w.inputNorm() != null;
    // below the first layer there may be nothing to learn, and then nobody asks for dx
    boolean isAsked =
        l > 0 || all.embedding() != null || all.inputRows() != null || g.inputNorm() != null;
    var dh = !isAsked ? null : isNormed ? s.dh() : s.dx();
    back(w.q(), g.q(), a.h(), n, dq, l, LinearLayer.Q, a, ws, isNormed ? 0f : 1f, dh);
    back(w.k(), g.k(), a.h(), n, dk, l, LinearLayer.K, a, ws, 1f, dh);
    back(w.v(), g.v(), a.h(), n, s.dv(), l, LinearLayer.V, a, ws, 1f, dh);
    if (isAsked && isNormed) {
      normBackward(a.input(), n, w.inputNorm(), a.r(), s, g.inputNorm());
    }
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
    var dWhole = w.hasMagnitude() ? ws.gradients.whole(dy.cols()) : null;
    Projection.backward(
        w,
        g,
        x,
        n,
        dy,
        a.inner(linear),
        dLow,
        dWhole,
        ws.dropout(),
        layer,
        linear,
        beta,
        ws.base(),
        ws.time,
        dx);
  }

  /// Takes `dh` through a norm and adds it to `dx`.
  private void normBackward(Tensor x, int n, Tensor w, Tensor r, Workspace.Gradients s, Tensor dw) {
    if (dw != null) {
      RmsNorm.backwardWeight(x, n, r, s.dh(), dw);
    }
    norm.backward(x, n, w, r, s.dh(), s.dx());
  }
}
