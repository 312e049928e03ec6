package dev.hone.model.decoder;

import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.Attention;
import dev.hone.tensor.BaseLinear;
import dev.hone.tensor.IntegerProduct;
import dev.hone.tensor.ScoreRule;
import dev.hone.tensor.Stopwatch;
import dev.hone.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/// Every buffer that a pass needs, allocated once; one per worker.
///
/// [Mode] says what a forward leaves behind. For training each layer has memory of its own, or,
/// with recomputation, only the residual stream between layers is kept and the rest made again in
/// the backward. For inference all layers share everything.
public final class Workspace {
  /// What the forward is for.
  public enum Mode {
    INFERENCE,
    TRAINING,
    /// Training with less memory: each block's forward runs once more in the backward.
    RECOMPUTE
  }

  /// The head works on so many logits at a time (rows × V): 16 MB.
  private static final int LOGITS_PER_CHUNK = 4 << 20;

  private static final Optional<IntegerProduct> NO_INTEGERS = Optional.empty();

  final Mode mode;
  final int maxTokens;
  final List<BlockActivations> blocks;
  final Tensor output;
  final Attention.Scratch attention;
  final Head head;
  final Gradients gradients;
  final Stopwatch time = new Stopwatch();
  private final BaseProducts base;
  private final Dropout dropout;
  private boolean isLearnedFrom;
  private int numChosen;

  /// Buffers around the head: only chosen rows come here.
  ///
  /// @param o `(T, H·D)` the chosen rows of the last layer's attention output
  /// @param h `(T, C)` normalisation of their residual stream, `r` its factors
  /// @param dh `(T, C)` gradient of `h`
  /// @param logits `(chunk, V)`
  /// @param capped `(chunk, V)` the logits again, where they are capped
  /// @param ofTokens `(chunk, n)` those of tokens whose rows are an adapter's
  /// @param rows which they are, ascending
  /// @param weights how often each target counts
  record Head(
      Tensor o,
      Tensor h,
      Tensor r,
      Tensor dh,
      Tensor logits,
      Tensor capped,
      Tensor ofTokens,
      int[] rows,
      int[] targets,
      int[] weights) {}

  /// Scratch of the backward pass.
  ///
  /// @param dBranch `(T, C)` gradient of what a half of a block gives, where that is changed before
  ///   it is added
  record Gradients(
      Tensor dx,
      Tensor dh,
      Tensor dq,
      Tensor dk,
      Tensor dv,
      Tensor dOut,
      Tensor dm,
      Tensor dBranch,
      List<Tensor> low,
      List<Whole> whole) {
    /// Scratch for layers with magnitudes.
    ///
    /// @param dz `(T, out)` gradient of what they put out before every output has its gain
    /// @param dGain `out` elements
    record Whole(Tensor dz, Tensor dGain) {}

    Whole whole(int out) {
      for (int i = 0; i < whole.size(); i++) {
        if (whole.get(i).dz.cols() == out) {
          return whole.get(i);
        }
      }
      throw new IllegalArgumentException("no scratch for magnitudes of " + out + " outputs");
    }

    /// Scratch for the gradient of an adapter's inner activations of this rank.
    Tensor low(int rank) {
      for (int i = 0; i < low.size(); i++) {
        if (low.get(i).cols() == rank) {
          return low.get(i);
        }
      }
      throw new IllegalArgumentException("no scratch for an adapter of rank " + rank);
    }
  }

  private Workspace(
      Mode mode,
      int maxTokens,
      List<BlockActivations> blocks,
      Tensor output,
      Attention.Scratch attention,
      Head head,
      Gradients gradients,
      BaseProducts base,
      Dropout dropout) {
    this.mode = mode;
    this.maxTokens = maxTokens;
    this.blocks = blocks;
    this.output = output;
    this.attention = attention;
    this.head = head;
    this.gradients = gradients;
    this.base = base;
    this.dropout = dropout;
  }

  /// @param base what the weights are kept in; with 8 bits, passes that are learned from go through
  ///   integers where the processor is faster at them
  /// @param maxTokens the most tokens of one pass
  /// @param maxRow the longest sequence, tokens; with a cache, the cache's length
  /// @param dropout the adapter's dropout rate while training
  public static Workspace allocate(
      Allocator memory,
      ModelConfig config,
      BaseDtype base,
      AdapterShape adapter,
      Mode mode,
      int maxTokens,
      int maxRow,
      float dropout) {
    var integers = mode == Mode.INFERENCE ? NO_INTEGERS : IntegerProduct.fast();
    return allocate(memory, config, base, adapter, mode, maxTokens, maxRow, dropout, integers);
  }

  static Workspace allocate(
      Allocator memory,
      ModelConfig config,
      BaseDtype base,
      AdapterShape adapter,
      Mode mode,
      int maxTokens,
      int maxRow,
      float dropout,
      Optional<IntegerProduct> integers) {
    boolean training = mode != Mode.INFERENCE;
    int c = config.hiddenSize();
    var streams = new ArrayList<Tensor>();
    for (int l = 0; l <= (training ? config.numLayers() : 0); l++) {
      streams.add(memory.f32("activations", maxTokens, c));
    }
    var head = head(memory, config, adapter, maxTokens, training);
    return new Workspace(
        mode,
        maxTokens,
        blocks(memory, config, adapter, mode, maxTokens, streams),
        streams.getLast(),
        attention(config, 0).scratch(memory, maxRow, training),
        head,
        training ? gradients(memory, config, adapter, maxTokens) : null,
        BaseProducts.allocate(
            memory, config, base, maxTokens, Math.toIntExact(head.logits.rows()), integers),
        training ? Dropout.allocate(memory, config, maxTokens, dropout) : Dropout.NONE);
  }

  /// Attention of one layer; scratch of any does for all.
  static Attention attention(ModelConfig config, int layer) {
    return new Attention(
        config.numHeads(), config.numKvHeads(), config.headDim(), scores(config, layer));
  }

  static ScoreRule scores(ModelConfig config, int layer) {
    var form = config.form();
    return new ScoreRule(form.scoreScale(), form.scoreCap(), form.layer(layer).window());
  }

  private static List<BlockActivations> blocks(
      Allocator memory,
      ModelConfig config,
      AdapterShape adapter,
      Mode mode,
      int tokens,
      List<Tensor> streams) {
    var blocks = new ArrayList<BlockActivations>();
    var shared = new HashMap<String, Tensor>();
    var normed =
        memory.f32(
            "activations",
            mode != Mode.INFERENCE && config.form().changesBranches() ? tokens : 0,
            config.hiddenSize());
    for (int l = 0; l < config.numLayers(); l++) {
      var input = streams.get(mode == Mode.INFERENCE ? 0 : l);
      var inner =
          BlockActivations.inner(
              memory, config, adapter, l, tokens, mode == Mode.TRAINING ? new HashMap<>() : shared);
      if (mode == Mode.TRAINING || l == 0) {
        blocks.add(
            mode == Mode.INFERENCE
                ? BlockActivations.allocate(memory, config, tokens, input, inner)
                : BlockActivations.keeping(memory, config, tokens, input, normed, inner));
      } else {
        blocks.add(blocks.getFirst().sharedWith(input, inner));
      }
    }
    return List.copyOf(blocks);
  }

  private static Head head(
      Allocator memory, ModelConfig config, AdapterShape adapter, int tokens, boolean training) {
    int c = config.hiddenSize();
    int chunk = Math.clamp(LOGITS_PER_CHUNK / config.vocabSize(), 1, tokens);
    return new Head(
        memory.f32("head", tokens, config.queryDim()),
        memory.f32("head", tokens, c),
        memory.f32("head", tokens, 1),
        memory.f32("head", training ? tokens : 0, c),
        memory.f32("logits", chunk, config.vocabSize()),
        memory.f32(
            "logits", training && config.form().logitCap() > 0 ? chunk : 0, config.vocabSize()),
        memory.f32("logits", chunk, adapter.outputRows(config)),
        new int[tokens],
        new int[tokens],
        new int[tokens]);
  }

  private static Gradients gradients(
      Allocator memory, ModelConfig config, AdapterShape adapter, int tokens) {
    String name = "backward scratch";
    int[] ranks =
        adapter.modules().values().stream()
            .mapToInt(AdapterShape.Module::rank)
            .distinct()
            .sorted()
            .toArray();
    int[] wholes =
        LinearLayer.modules(config).stream()
            .filter(adapter::hasMagnitude)
            .mapToInt(module -> LinearLayer.of(module).out(config))
            .distinct()
            .sorted()
            .toArray();
    return new Gradients(
        memory.f32(name, tokens, config.hiddenSize()),
        memory.f32(name, tokens, config.hiddenSize()),
        memory.f32(name, tokens, config.queryDim()),
        memory.f32(name, tokens, config.kvDim()),
        memory.f32(name, tokens, config.kvDim()),
        memory.f32(name, tokens, config.queryDim()),
        memory.f32(name, tokens, config.intermediateSize()),
        memory.f32(name, config.form().changesBranches() ? tokens : 0, config.hiddenSize()),
        Arrays.stream(ranks).mapToObj(r -> memory.f32(name, tokens, r)).toList(),
        Arrays.stream(wholes)
            .mapToObj(
                out -> new Gradients.Whole(memory.f32(name, tokens, out), memory.f32(name, 1, out)))
            .toList());
  }

  /// The longest pass that fits, tokens.
  public int maxTokens() {
    return maxTokens;
  }

  /// Where the time of passes in this workspace goes.
  public Stopwatch time() {
    return time;
  }

  /// How the pass under way multiplies with the base's matrices.
  BaseLinear.Scratch base() {
    return isLearnedFrom ? base.learning() : base.exact();
  }

  /// What the pass under way drops: nothing, unless it is one to learn from.
  Dropout dropout() {
    return isLearnedFrom ? dropout : Dropout.NONE;
  }

  /// Begins a pass.
  ///
  /// @param isLearned whether dropout applies, and products may round
  void begin(boolean isLearned) {
    isLearnedFrom = isLearned;
    time.counts(isLearned);
  }

  /// Chooses the rows that have a target: only they go on behind the last layer's attention.
  void chooseTargets(PackedBatch batch) {
    numChosen = 0;
    for (int t = 0; t < batch.numTokens(); t++) {
      int target = batch.targets()[t];
      if (target != PackedBatch.NO_TARGET) {
        head.rows()[numChosen] = t;
        head.weights()[numChosen] = batch.weights()[t];
        head.targets()[numChosen++] = target;
      }
    }
  }

  /// Chooses rows `from` (inclusive) to `to` (exclusive).
  void choose(int from, int to) {
    numChosen = to - from;
    for (int i = 0; i < numChosen; i++) {
      head.rows()[i] = from + i;
    }
  }

  int numChosen() {
    return numChosen;
  }

  /// Chooses the dropout masks of the next pass; the same seed gives the same masks.
  public void seedDropout(long seed) {
    dropout.seed(seed);
  }
}
