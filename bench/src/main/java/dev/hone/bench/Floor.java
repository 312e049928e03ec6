package dev.hone.bench;

import dev.hone.bench.FloorBuffers.Block;
import dev.hone.bench.FloorBuffers.Product;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.decoder.LinearLayer;
import dev.hone.model.decoder.ParameterSet;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.Linear;
import dev.hone.tensor.Tensor;
import java.util.Arrays;

/// The matrix products of a training pass and nothing else, on one thread: the same shapes in the
/// same order, over as much memory, through the same calls.
///
/// What stands between products in a real pass is missing, so the numbers mean nothing. Attention's
/// products go head by head and block by block of queries, as in [dev.hone.tensor.Attention]; a
/// head's rows lie end to end here where there they are strided.
final class Floor {
  /// Queries per block of attention.
  private static final int BLOCK = 64;

  private final ModelConfig config;
  private final FloorBuffers buffers;
  private final Tensor head;
  private final Tensor dHead;
  private long flops;

  /// @param maxTokens the most tokens of a pass
  /// @param longest the longest row, tokens
  Floor(Subject subject, Allocator memory, int maxTokens, int longest) {
    config = subject.config();
    var gradients = ParameterSet.allocate(memory, "gradients", subject.parameters());
    buffers = FloorBuffers.allocate(subject, gradients, memory, maxTokens, BLOCK * longest);
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
    buffers.blocks().forEach(block -> forward(block, rows, n));
    head(targets);
    buffers.blocks().reversed().forEach(block -> backward(block, rows, n));
  }

  private void forward(Block block, int[] rows, int n) {
    project(block.of(LinearLayer.Q), n, 0f);
    project(block.of(LinearLayer.K), n, 0f);
    project(block.of(LinearLayer.V), n, 0f);
    forEachBlock(rows, (head, row, from, queries) -> attend(block, head, row, from, queries));
    project(block.of(LinearLayer.O), n, 1f);
    project(block.of(LinearLayer.GATE), n, 0f);
    project(block.of(LinearLayer.UP), n, 0f);
    project(block.of(LinearLayer.DOWN), n, 1f);
  }

  private void backward(Block block, int[] rows, int n) {
    back(block.of(LinearLayer.DOWN), n, 0f);
    back(block.of(LinearLayer.GATE), n, 0f);
    back(block.of(LinearLayer.UP), n, 1f);
    back(block.of(LinearLayer.O), n, 0f);
    forEachBlock(rows, (head, row, from, queries) -> attendBack(block, head, row, from, queries));
    back(block.of(LinearLayer.Q), n, 0f);
    back(block.of(LinearLayer.K), n, 1f);
    back(block.of(LinearLayer.V), n, 1f);
  }

  private void project(Product p, int n, float beta) {
    multiply(p.x(), n, p.w(), beta, p.y());
    if (p.a() != null) {
      multiply(p.x(), n, p.a(), 0f, p.low());
      multiply(p.low(), n, p.b(), 1f, p.y());
    }
  }

  private void back(Product p, int n, float beta) {
    multiplyBack(p.dy(), n, p.w(), beta, p.dx());
    if (p.dw() != null) {
      multiplyWeight(p.x(), n, p.dy(), p.dw());
    }
    if (p.a() != null) {
      multiplyBack(p.dy(), n, p.b(), 0f, p.dLow());
      multiplyWeight(p.low(), n, p.dy(), p.db());
      multiplyWeight(p.x(), n, p.dLow(), p.da());
      multiplyBack(p.dLow(), n, p.a(), 1f, p.dx());
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

  /// A block of queries of one head.
  private interface Queries {
    /// @param row where the row starts
    /// @param from the block's first query, from the row's start
    void run(int head, int row, int from, int queries);
  }

  private void forEachBlock(int[] rows, Queries body) {
    int start = 0;
    for (int row : rows) {
      for (int head = 0; head < config.numHeads(); head++) {
        for (int from = 0; from < row; from += BLOCK) {
          body.run(head, start, from, Math.min(BLOCK, row - from));
        }
      }
      start += row;
    }
  }

  private void attend(Block block, int head, int row, int from, int n) {
    int keys = from + n;
    var weights = weights(n, keys);
    var q = headRows(block.q(), head, row + from, n);
    multiply(q, n, keys(block.k(), head, row, keys), 0f, weights);
    var out = headRows(block.o(), head, row + from, n);
    multiplyBack(weights, n, keys(block.v(), head, row, keys), 0f, out);
  }

  private void attendBack(Block block, int head, int row, int from, int n) {
    int keys = from + n;
    var weights = weights(n, keys);
    var q = headRows(block.q(), head, row + from, n);
    var k = keys(block.k(), head, row, keys);
    var dOut = headRows(buffers.dOut(), head, row + from, n);
    multiply(q, n, k, 0f, weights);
    multiplyWeight(dOut, n, weights, keys(buffers.dv(), head, row, keys));
    multiply(dOut, n, keys(block.v(), head, row, keys), 0f, weights);
    multiplyBack(weights, n, k, 0f, headRows(buffers.dq(), head, row + from, n));
    multiplyWeight(q, n, weights, keys(buffers.dk(), head, row, keys));
  }

  private Tensor weights(int n, int keys) {
    var memory = buffers.scores().data();
    return Tensor.of(memory.asSlice(0, (long) n * keys * Float.BYTES), n, keys);
  }

  /// Rows of the key head that a query head looks at.
  private Tensor keys(Tensor x, int head, int from, int n) {
    return headRows(x, head / (config.numHeads() / config.numKvHeads()), from, n);
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
