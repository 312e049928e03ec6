package dev.hone.bench;

import dev.hone.bench.FloorBuffers.Block;
import dev.hone.bench.FloorBuffers.Product;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.decoder.LinearLayer;
import dev.hone.model.decoder.ParameterSet;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.Attention;
import dev.hone.tensor.Linear;
import dev.hone.tensor.Tensor;
import java.util.Arrays;

/// The matrix products of a training pass and nothing else, on one thread: the same shapes in the
/// same order, over as much memory, through the same calls.
///
/// What stands between products in a real pass is missing, so the numbers mean nothing. Attention's
/// products go group by group of heads and block by block of queries, as in
/// [dev.hone.tensor.Attention]; a head's rows lie end to end here where there they are strided.
final class Floor {
  private final ModelConfig config;
  private final FloorBuffers buffers;
  private final int group;
  private final int blockQueries;
  private final Tensor head;
  private final Tensor dHead;
  private long flops;

  /// @param maxTokens the most tokens of a pass
  /// @param longest the longest row, tokens
  Floor(Subject subject, Allocator memory, int maxTokens, int longest) {
    config = subject.config();
    var gradients = ParameterSet.allocate(memory, "gradients", subject.parameters());
    group = config.numHeads() / config.numKvHeads();
    blockQueries =
        new Attention(config.numHeads(), config.numKvHeads(), config.headDim()).blockQueries();
    buffers =
        FloorBuffers.allocate(
            subject, gradients, memory, maxTokens, group * blockQueries * longest);
    var name = config.tieWordEmbeddings() ? "model.embed_tokens.weight" : "lm_head.weight";
    head = subject.weights().float32().get(name);
    dHead = gradients.find(name).orElse(null);
  }

  /// Floating-point operations of all passes so far, two per multiply-add.
  long flops() {
    return flops;
  }

  /// Runs the products of one pass.
  ///
  /// @param rows tokens of each row
  /// @param targets positions that the head works on
  void pass(int[] rows, int targets) {
    int n = Arrays.stream(rows).sum();
    var blocks = buffers.blocks();
    var last = blocks.getLast();
    blocks.forEach(block -> forward(block, rows, n, block == last ? targets : n));
    head(targets);
    blocks.reversed().forEach(block -> backward(block, rows, n, block == last ? targets : n));
  }

  /// @param m positions behind attention
  private void forward(Block block, int[] rows, int n, int m) {
    project(block.of(LinearLayer.Q), n, 0f);
    project(block.of(LinearLayer.K), n, 0f);
    project(block.of(LinearLayer.V), n, 0f);
    forEachBlock(rows, (kv, row, from, queries) -> attend(block, kv, row, from, queries));
    project(block.of(LinearLayer.O), m, 1f);
    project(block.of(LinearLayer.GATE), m, 0f);
    project(block.of(LinearLayer.UP), m, 0f);
    project(block.of(LinearLayer.DOWN), m, 1f);
  }

  private void backward(Block block, int[] rows, int n, int m) {
    back(block.of(LinearLayer.DOWN), m, 0f, true);
    back(block.of(LinearLayer.GATE), m, 0f, true);
    back(block.of(LinearLayer.UP), m, 1f, true);
    back(block.of(LinearLayer.O), m, 0f, true);
    forEachBlock(rows, (kv, row, from, queries) -> attendBack(block, kv, row, from, queries));
    // adapters alone have nothing to learn below the first layer
    boolean goesOn = dHead != null || block != buffers.blocks().getFirst();
    back(block.of(LinearLayer.Q), n, 0f, goesOn);
    back(block.of(LinearLayer.K), n, 1f, goesOn);
    back(block.of(LinearLayer.V), n, 1f, goesOn);
  }

  private void project(Product p, int n, float beta) {
    multiply(p.x(), n, p.w(), beta, p.y());
    if (p.a() != null) {
      multiply(p.x(), n, p.a(), 0f, p.low());
      multiply(p.low(), n, p.b(), 1f, p.y());
    }
  }

  /// @param goesOn whether the input's gradient is wanted
  private void back(Product p, int n, float beta, boolean goesOn) {
    if (goesOn) {
      multiplyBack(p.dy(), n, p.w(), beta, p.dx());
    }
    if (p.dw() != null) {
      multiplyWeight(p.x(), n, p.dy(), p.dw());
    }
    if (p.a() != null) {
      multiplyBack(p.dy(), n, p.b(), 0f, p.dLow());
      multiplyWeight(p.low(), n, p.dy(), p.db());
      multiplyWeight(p.x(), n, p.dLow(), p.da());
      if (goesOn) {
        multiplyBack(p.dLow(), n, p.a(), 1f, p.dx());
      }
    }
  }

  private void head(int targets) {
    var logits = buffers.logits();
    int chunk = Math.toIntExact(logits.rows());
    for (int from = 0; from < targets; from += chunk) {
      int n = Math.min(chunk, targets - from);
      var h = buffers.h().rows(from, from + n);
      multiply(h, n, head, 0f, logits);
      multiplyBack(logits, n, head, 0f, buffers.dh().rows(from, from + n));
      if (dHead != null) {
        multiplyWeight(h, n, logits, dHead);
      }
    }
  }

  /// A block of queries of one group of heads.
  private interface Queries {
    /// @param row where the row starts
    /// @param from the block's first query, from the row's start
    void run(int kv, int row, int from, int queries);
  }

  private void forEachBlock(int[] rows, Queries body) {
    int start = 0;
    for (int row : rows) {
      for (int kv = 0; kv < config.numKvHeads(); kv++) {
        for (int from = 0; from < row; from += blockQueries) {
          body.run(kv, start, from, Math.min(blockQueries, row - from));
        }
      }
      start += row;
    }
  }

  private void attend(Block block, int kv, int row, int from, int queries) {
    int n = group * queries;
    int keys = from + queries;
    var weights = weights(n, keys);
    var q = groupRows(block.q(), kv, row + from, n);
    multiply(q, n, headRows(block.k(), kv, row, keys), 0f, weights);
    var out = groupRows(block.o(), kv, row + from, n);
    multiplyBack(weights, n, headRows(block.v(), kv, row, keys), 0f, out);
  }

  private void attendBack(Block block, int kv, int row, int from, int queries) {
    int n = group * queries;
    int keys = from + queries;
    var weights = weights(n, keys);
    var q = groupRows(block.q(), kv, row + from, n);
    var k = headRows(block.k(), kv, row, keys);
    var dOut = groupRows(buffers.dOut(), kv, row + from, n);
    multiply(q, n, k, 0f, weights);
    multiplyWeight(dOut, n, weights, headRows(buffers.dv(), kv, row, keys));
    multiply(dOut, n, headRows(block.v(), kv, row, keys), 0f, weights);
    multiplyBack(weights, n, k, 0f, groupRows(buffers.dq(), kv, row + from, n));
    multiplyWeight(q, n, weights, headRows(buffers.dk(), kv, row, keys));
  }

  /// Rows of a group's queries, stacked.
  private Tensor groupRows(Tensor x, int kv, int from, int n) {
    return headRows(x, kv * group, from, n);
  }

  private Tensor weights(int n, int keys) {
    var memory = buffers.scores().data();
    return Tensor.of(memory.asSlice(0, (long) n * keys * Float.BYTES), n, keys);
  }

  /// Rows of one head, which lie end to end.
  private Tensor headRows(Tensor x, int head, int from, int n) {
    long first = head * x.rows() + from;
    return x.reshape(x.size() / config.headDim(), config.headDim()).rows(first, first + n);
  }

  private void multiply(Tensor x, int n, Tensor w, float beta, Tensor y) {
    Linear.forward(x, n, w, 1f, beta, y);
    flops += 2L * n * w.size();
  }

  private void multiplyBack(Tensor dy, int n, Tensor w, float beta, Tensor dx) {
    Linear.backward(dy, n, w, 1f, beta, dx);
    flops += 2L * n * w.size();
  }

  private void multiplyWeight(Tensor x, int n, Tensor dy, Tensor dw) {
    Linear.backwardWeight(x, n, dy, 1f, dw);
    flops += 2L * n * dw.size();
  }
}
