package dev.hone.tune.train;

import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.decoder.AdapterShape;
import dev.hone.model.decoder.BaseDtype;
import dev.hone.model.decoder.Decoder;
import dev.hone.model.decoder.DecoderGradients;
import dev.hone.model.decoder.PackedBatch;
import dev.hone.model.decoder.Parameter;
import dev.hone.model.decoder.ParameterSet;
import dev.hone.model.decoder.Workspace;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.CrossEntropy.Score;
import dev.hone.tensor.Stopwatch;
import dev.hone.tensor.Stopwatch.Operation;
import dev.hone.tensor.Workers;
import dev.hone.tune.data.Batches;
import dev.hone.tune.data.EpochOrder;
import dev.hone.tune.data.MicroBatch;
import dev.hone.tune.data.Packer;
import dev.hone.tune.data.Packing;
import dev.hone.tune.data.TokenStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// Runs micro-batches through a decoder on all workers: forward to evaluate, forward and backward
/// to train.
///
/// Each worker has a workspace of its own and takes the next micro-batch when it is done with one;
/// nothing is shared but the weights, so workers never wait for each other inside a pass.
public final class Engine {
  private final Workers workers;
  private final List<Workspace> workspaces;
  private final List<PackedBatch> batches;
  private final GradientTree tree;

  /// Sizes that an engine is planned for: as large as its micro-batches really are.
  ///
  /// @param longest the longest row, tokens
  /// @param passTokens the most tokens of one pass, shared ones counted once
  /// @param passRows the most rows of one pass
  /// @param mostLeaves the most micro-batches of one batch; 0 when nothing is trained
  public record Size(int longest, int passTokens, int passRows, int mostLeaves) {
    private static final Size NOTHING = new Size(1, 1, 1, 0);

    /// For scoring whole stores.
    public static Size ofScoring(List<TokenStore> stores, Packing packing) {
      var size = NOTHING;
      for (var store : stores) {
        size = size.with(store, Batches.cut(inOrder(store), store, packing), 0);
      }
      return size;
    }

    /// For training on a store as well.
    public Size andTraining(TokenStore store, TrainingSettings settings) {
      var size = this;
      for (int epoch = 0; epoch < settings.epochs(); epoch++) {
        var order = EpochOrder.of(settings.seed(), epoch, store.size());
        for (int b = 0; b < Batches.perEpoch(store.size(), settings.batchSize()); b++) {
          var rows = Batches.batch(order, b, settings.batchSize());
          var leaves = Batches.cut(rows, store, settings.packing());
          size = size.with(store, leaves, leaves.size());
        }
      }
      return size;
    }

    private Size with(TokenStore store, List<MicroBatch> parts, int leaves) {
      int tokens = passTokens;
      int rows = passRows;
      for (var part : parts) {
        tokens = Math.max(tokens, part.tokens(store));
        rows = Math.max(rows, part.size());
      }
      return new Size(
          Math.max(longest, store.longest()), tokens, rows, Math.max(mostLeaves, leaves));
    }
  }

  private static int[] inOrder(TokenStore store) {
    return EpochOrder.inFileOrder(store.size());
  }

  private Engine(
      Workers workers, List<Workspace> workspaces, List<PackedBatch> batches, GradientTree tree) {
    this.workers = workers;
    this.workspaces = workspaces;
    this.batches = batches;
    this.tree = tree;
  }

  /// @param base what the weights are kept in
  /// @param trained parameters that get gradients; empty to evaluate only
  public static Engine allocate(
      Allocator memory,
      ModelConfig config,
      BaseDtype base,
      AdapterShape adapter,
      List<Parameter> trained,
      Workspace.Mode mode,
      float dropout,
      Size size,
      Workers workers) {
    var workspaces = new ArrayList<Workspace>();
    var batches = new ArrayList<PackedBatch>();
    for (int w = 0; w < workers.count(); w++) {
      workspaces.add(
          Workspace.allocate(
              memory, config, base, adapter, mode, size.passTokens(), size.longest(), dropout));
      batches.add(new PackedBatch(size.passTokens(), size.passRows()));
    }
    int buffers = trained.isEmpty() ? 0 : GradientTree.buffers(size.mostLeaves(), workers.count());
    var gradients =
        GradientTree.allocate(
            buffers,
            () -> DecoderGradients.of(config, ParameterSet.allocate(memory, "gradients", trained)));
    return new Engine(
        workers, workspaces, batches, gradients.isEmpty() ? null : new GradientTree(gradients));
  }

  /// A batch's summed gradient with its score.
  public record Sum(DecoderGradients gradients, Evaluation evaluation) {}

  /// @param dropoutSeed leaf `i` draws its masks from this and `i`
  public Sum gradient(
      Decoder decoder, TokenStore store, List<MicroBatch> leaves, long dropoutSeed) {
    var results = new Evaluation[leaves.size()];
    var packers = packers(store);
    var sum =
        tree.sum(
            leaves.size(),
            workers,
            (leaf, worker, into) -> {
              var batch = batches.get(worker);
              var time = workspaces.get(worker).time();
              time.lap(Operation.BETWEEN_PASSES);
              packers.get(worker).fill(batch, leaves.get(leaf));
              time.lap(Operation.DATA);
              workspaces.get(worker).seedDropout(dropoutSeed + leaf * 0x9E3779B97F4A7C15L);
              var score = decoder.scoreAndBackward(batch, workspaces.get(worker), into);
              results[leaf] = evaluation(score, batch);
            });
    return new Sum(sum, total(results));
  }

  /// Where the time of all workers' training passes went since the last call.
  public Stopwatch takeTimes() {
    var total = new Stopwatch();
    for (var workspace : workspaces) {
      total.add(workspace.time());
      workspace.time().reset();
    }
    return total;
  }

  public void release(Sum sum) {
    tree.release(sum.gradients());
  }

  /// Scores a whole store.
  public Evaluation evaluate(Decoder decoder, TokenStore store, Packing packing) {
    return evaluate(decoder, store, Batches.cut(inOrder(store), store, packing));
  }

  public Evaluation evaluate(Decoder decoder, TokenStore store, List<MicroBatch> parts) {
    return total(evaluateEach(decoder, store, parts));
  }

  /// Scores parts of a store, each by itself.
  public Evaluation[] evaluateEach(Decoder decoder, TokenStore store, List<MicroBatch> parts) {
    var results = new Evaluation[parts.size()];
    var packers = packers(store);
    var next = new AtomicInteger();
    workers.run(worker -> {
      var batch = batches.get(worker);
      for (int i = next.getAndIncrement(); i < results.length; i = next.getAndIncrement()) {
        packers.get(worker).fill(batch, parts.get(i));
        var score = decoder.score(batch, workspaces.get(worker));
        results[i] = evaluation(score, batch);
      }
    });
    return results;
  }

  private static Evaluation evaluation(Score score, PackedBatch batch) {
    return Evaluation.of(score, batch.numTargets(), batch.targetBytes());
  }

  /// Added in the parts' order, whoever finished first.
  private static Evaluation total(Evaluation[] parts) {
    return Arrays.stream(parts).reduce(Evaluation.NONE, Evaluation::plus);
  }

  /// One per worker: a packer has a buffer of its own.
  private List<Packer> packers(TokenStore store) {
    return Stream.generate(() -> new Packer(store)).limit(workers.count()).toList();
  }
}
