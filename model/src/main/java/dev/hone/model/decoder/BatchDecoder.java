package dev.hone.model.decoder;

import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.BaseLinear;
import dev.hone.tensor.Elementwise;
import dev.hone.tensor.Embedding;
import dev.hone.tensor.Gain;
import dev.hone.tensor.Linear;
import dev.hone.tensor.Matrix;
import dev.hone.tensor.MemoryPlan;
import dev.hone.tensor.PagedAttention;
import dev.hone.tensor.SteadyLinear;
import dev.hone.tensor.SteadyLinear.Way;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.Workers;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// A [Decoder] that goes on with many sequences at once: their next tokens are rows of one pass,
/// which reads every weight once for all of them.
///
/// Only attention knows of sequences: a row sees the keys in its own sequence's pages. All keys and
/// values of a pass are stored before any row looks at them, so rows of one pass may be a piece of
/// one sequence, or share pages that are being filled.
///
/// **What a row gives hangs on its own sequence alone, to the bit** (with oneDNN, see
/// [SteadyLinear]): products go the row's own way, everything else is done row by row. So a request
/// gives the same alone and in any company, and computing a token again gives the same keys and
/// values, if it goes the same way again: as an answer's or as a prompt's.
///
/// An output tile's weights stay in the cache for the rows of both ways. What a layer puts out is
/// first what the row's adapter gives, or zero, and then the base's product is added: so a row has
/// its adapter's weights read from their beginning to their end, and may have any. Where that has
/// magnitudes, the sum is multiplied by its gains, and what was there before is added last.
///
/// For one thread at a time. All memory comes from the allocator, and whoever made that frees it.
public final class BatchDecoder {
  /// Shares of a product, for any number of workers.
  private static final int SHARES = 8;

  /// The fewest outputs of a share: with a prompt's rows, the library packs them for each.
  private static final int MIN_SHARE = 32;

  private static final int MIN_PROMPT_SHARE = 128;

  /// The most: with 1,000 inputs they stay in the second-level cache.
  private static final int MAX_SHARE = 192;

  private final Decoder decoder;
  private final ModelConfig config;
  private final KvPages pages;
  private final List<PagedAttention> attention;
  private final Workers workers;
  private final Buffers buffers;

  private BatchDecoder(Decoder decoder, KvPages pages, Buffers buffers, Workers workers) {
    this.decoder = decoder;
    this.config = decoder.config();
    this.pages = pages;
    this.attention =
        IntStream.range(0, config.numLayers()).mapToObj(l -> KvPages.attention(config, l)).toList();
    this.buffers = buffers;
    this.workers = workers;
  }

  /// The most that a pass may ask for.
  ///
  /// @param rows of one pass
  /// @param logits rows of one pass whose logits are wanted
  /// @param rank of any adapter
  /// @param positions tokens of any sequence; at most what the decoder was made for
  public record Limits(int rows, int logits, int rank, int positions) {}

  /// @param decoder without adapter
  /// @param pages where keys and values go
  public static BatchDecoder allocate(
      Allocator memory, Decoder decoder, KvPages pages, Limits limits, Workers workers) {
    var buffers =
        Buffers.allocate(memory, decoder.config(), decoder.baseDtype(), limits, workers.count());
    return new BatchDecoder(decoder, pages, buffers, workers);
  }

  /// Counts what [#allocate] would take, before there is a decoder.
  ///
  /// @param base what the weights are kept in
  /// @param workers how many will compute
  public static void plan(
      MemoryPlan plan, ModelConfig config, BaseDtype base, Limits limits, int workers) {
    Buffers.allocate(plan, config, base, limits, workers);
  }

  /// All of its memory, rows of a pass each.
  ///
  /// @param low the inner activations of an adapter, one per worker
  /// @param before what the rows of adapters with magnitudes add their output to
  /// @param last the wanted rows, normalised
  private record Buffers(
      Tensor stream,
      BlockActivations a,
      List<Tensor> low,
      Tensor before,
      List<PagedAttention.Scratch> scratch,
      List<BaseLinear.Scratch> widened,
      Tensor last,
      Tensor logits) {
    static Buffers allocate(
        Allocator memory, ModelConfig config, BaseDtype base, Limits limits, int workers) {
      int rows = new BatchRows(limits.rows).ids.length;
      int wanted = Way.FEW.padded(Math.max(1, limits.logits));
      var attention = KvPages.attention(config, 0);
      var stream = memory.f32("activations", rows, config.hiddenSize());
      return new Buffers(
          stream,
          BlockActivations.allocate(memory, config, rows, stream, List.of()),
          each(workers, () -> memory.f32("activations", 1, limits.rank)),
          memory.f32("activations", rows, config.hiddenSize()),
          each(workers, () -> attention.scratch(memory, limits.positions)),
          each(workers, () -> BaseProducts.exact(memory, config, base)),
          memory.f32("head", wanted, config.hiddenSize()),
          memory.f32("logits", wanted, config.vocabSize()));
    }

    private static <T> List<T> each(int workers, Supplier<T> scratch) {
      return IntStream.range(0, workers).mapToObj(w -> scratch.get()).toList();
    }
  }

  public ModelConfig config() {
    return config;
  }

  /// Runs the rows and leaves their keys and values in the pages.
  ///
  /// @return the wanted logits, `(wanted, V)` and perhaps idle rows; overwritten by the next pass
  public Tensor run(BatchRows rows) {
    workers.share(
        rows.end(),
        grain(rows),
        (worker, from, to) -> {
          var ids = Arrays.copyOfRange(rows.ids, from, to);
          var stream = buffers.stream.rows(from, to);
          Embedding.forward(ids, to - from, weights().embedding(), stream);
          for (int t = from; t < to; t++) {
            rows.adapter(t).embed(rows.ids[t], buffers.stream, t);
          }
          Elementwise.scale(stream, to - from, config.form().embeddingScale());
        });
    for (int l = 0; l < config.numLayers(); l++) {
      attentionHalf(l, rows);
      mlpHalf(l, rows);
    }
    head(rows);
    return buffers.logits;
  }

  private DecoderTensors<Matrix> weights() {
    return decoder.weights();
  }

  private void attentionHalf(int l, BatchRows rows) {
    var a = buffers.a;
    var w = weights().blocks().get(l);
    var products =
        List.of(
            new Product(w.q(), LinearLayer.Q, a.h(), a.q()),
            new Product(w.k(), LinearLayer.K, a.h(), a.k()),
            new Product(w.v(), LinearLayer.V, a.h(), a.v()));
    begin(rows, l, w.inputNorm(), a.h(), a.r(), products);
    project(rows, l, products);
    store(rows, l);
    attend(rows, l);
    add(rows, l, w.o(), LinearLayer.O, a.o(), a.attended(), w.branchNorm());
  }

  /// Projects `x` onto the residual stream, as the model's branches go there.
  private void add(
      BatchRows rows,
      int l,
      LinearTensors<Matrix> w,
      LinearLayer linear,
      Tensor x,
      BlockActivations.Branch branch,
      Tensor norm) {
    var given = new Product(w, linear, x, branch == null ? buffers.stream : branch.x());
    if (branch != null) {
      branch.x().clear(rows.end());
    }
    adapt(rows, l, given);
    project(rows, l, List.of(given));
    if (branch != null) {
      workers.share(
          rows.end(),
          grain(rows),
          (worker, from, to) ->
              decoder.addBranch(
                  branch.rows(from, to), norm, to - from, buffers.stream.rows(from, to)));
    }
  }

  private void mlpHalf(int l, BatchRows rows) {
    var a = buffers.a;
    var w = weights().blocks().get(l);
    var gate = new Product(w.gate(), LinearLayer.GATE, a.h2(), a.gate());
    var up = new Product(w.up(), LinearLayer.UP, a.h2(), a.up());
    begin(rows, l, w.postNorm(), a.h2(), a.r2(), List.of(gate, up));
    var tiles = Tiles.of(config.intermediateSize(), width(config.intermediateSize(), rows));
    workers.share(
        tiles.count(),
        1,
        (worker, i, end) -> {
          part(l, gate, rows, tiles.from(i), tiles.to(i), worker);
          part(l, up, rows, tiles.from(i), tiles.to(i), worker);
          config
              .form()
              .glu()
              .part(a.gate(), a.up(), 0, rows.end(), tiles.from(i), tiles.to(i), a.m());
        });
    add(rows, l, w.down(), LinearLayer.DOWN, a.m(), a.computed(), w.mlpNorm());
  }

  /// Rows at a time of what is done row by row.
  private static int grain(BatchRows rows) {
    return Math.max(1, rows.end() / SHARES);
  }

  /// One linear layer on its way.
  private record Product(LinearTensors<Matrix> w, LinearLayer linear, Tensor x, Tensor y) {}

  /// Normalises every row where the model does, and puts into what the layers will put out what its
  /// adapter gives, or zero.
  private void begin(
      BatchRows rows, int l, Tensor norm, Tensor h, Tensor r, List<Product> products) {
    workers.share(
        rows.end(),
        grain(rows),
        (worker, from, to) -> {
          if (norm != null) {
            var x = buffers.stream.rows(from, to);
            decoder.norm().forward(x, to - from, norm, h.rows(from, to), r.rows(from, to));
          }
          for (var p : products) {
            p.y.rows(from, to).clear();
            adapt(rows, l, p, from, to, worker);
          }
        });
  }

  /// Adds what the rows' adapters give.
  private void adapt(BatchRows rows, int l, Product p) {
    if (!rows.hasAdapters()) return;
    workers.share(
        rows.end(), grain(rows), (worker, from, to) -> adapt(rows, l, p, from, to, worker));
  }

  private void adapt(BatchRows rows, int l, Product p, int from, int to, int worker) {
    for (int t = from; t < to; t++) {
      if (p.y == buffers.stream && rows.adapter(t).gain(l, p.linear) != null) {
        buffers.before.rows(t, t + 1).copyFrom(p.y.rows(t, t + 1), 1);
        p.y.rows(t, t + 1).clear();
      }
      rows.adapter(t).add(l, p.linear, p.x, t, buffers.low.get(worker), p.y);
    }
  }

  /// Adds the products of several layers, their outputs shared out in tiles.
  private void project(BatchRows rows, int l, List<Product> products) {
    int outputs = products.stream().mapToInt(p -> p.y.cols()).sum();
    int width = width(outputs, rows);
    var tiles = products.stream().map(p -> Tiles.of(p.y.cols(), width)).toList();
    workers.share(
        tiles.stream().mapToInt(Tiles::count).sum(),
        1,
        (worker, item, end) -> {
          int p = 0;
          int i = item;
          while (i >= tiles.get(p).count()) {
            i -= tiles.get(p++).count();
          }
          part(l, products.get(p), rows, tiles.get(p).from(i), tiles.get(p).to(i), worker);
        });
  }

  private static int width(int outputs, BatchRows rows) {
    int least = rows.hasPrompts() ? MIN_PROMPT_SHARE : MIN_SHARE;
    int share = Math.ceilDiv(Math.ceilDiv(outputs, SHARES), MIN_SHARE) * MIN_SHARE;
    return Math.clamp(share, least, MAX_SHARE);
  }

  /// Adds outputs `fromOut` to `toOut` of a layer, for all rows.
  private void part(int l, Product p, BatchRows rows, int fromOut, int toOut, int worker) {
    var scratch = buffers.widened.get(worker);
    int firstPrompt = rows.firstPrompt();
    int end = rows.end();
    var w = p.w.weight();
    SteadyLinear.part(Way.FEW, p.x, 0, firstPrompt, w, fromOut, toOut, 1f, scratch, p.y);
    SteadyLinear.part(Way.MANY, p.x, firstPrompt, end, w, fromOut, toOut, 1f, scratch, p.y);
    if (rows.hasAdapters()) multiply(l, p, rows, fromOut, toOut);
    if (p.w.bias() != null) Linear.addBiasPart(p.w.bias(), 0, end, fromOut, toOut, p.y);
  }

  /// Gives each output its gain, where the row's adapter has some.
  private void multiply(int l, Product p, BatchRows rows, int fromOut, int toOut) {
    for (int t = 0; t < rows.end(); t++) {
      var gain = rows.adapter(t).gain(l, p.linear);
      if (gain != null) {
        Gain.part(p.y, t, t + 1, gain, fromOut, toOut, 0f, p.y);
        if (p.y == buffers.stream) {
          Elementwise.addPart(p.y, buffers.before, t, fromOut, toOut);
        }
      }
    }
  }

  /// Rotates queries and keys, and puts keys and values into the pages.
  private void store(BatchRows rows, int l) {
    var a = buffers.a;
    var w = weights().blocks().get(l);
    workers.share(
        rows.end(),
        grain(rows),
        (worker, from, to) -> {
          var positions = Arrays.copyOfRange(rows.positions, from, to);
          prepare(l, a.q().rows(from, to), w.qNorm(), positions, a.rawQ(), from);
          prepare(l, a.k().rows(from, to), w.kNorm(), positions, a.rawK(), from);
          for (int t = from; t < to; t++) {
            if (!rows.isIdle(t)) store(rows, l, t);
          }
        });
  }

  /// Normalises and rotates queries or keys, in place, as the model does.
  ///
  /// @param heads null where they aren't normalised
  private void prepare(
      int l, Tensor x, Tensor norm, int[] positions, BlockActivations.Heads heads, int from) {
    int n = positions.length;
    if (heads != null) {
      decoder.normHeads(x, norm, n, x, heads.factors(from, n));
    }
    decoder.rope().rotate(config.form().layer(l).rotation(), x, positions, n);
  }

  private void store(BatchRows rows, int l, int t) {
    int position = rows.positions[t];
    int page = rows.table(t)[position / KvPages.TOKENS];
    attention
        .get(l)
        .store(buffers.a.k(), buffers.a.v(), t, pages.layer(l), page, position % KvPages.TOKENS);
  }

  private void attend(BatchRows rows, int l) {
    var a = buffers.a;
    int groups = config.numKvHeads();
    workers.share(
        rows.end() * groups,
        1,
        (worker, i, end) -> {
          int t = i / groups;
          if (!rows.isIdle(t)) {
            attention
                .get(l)
                .row(
                    a.q(),
                    t,
                    i % groups,
                    pages.layer(l),
                    rows.table(t),
                    rows.positions[t] + 1,
                    buffers.scratch.get(worker),
                    a.o());
          }
        });
  }

  private void head(BatchRows rows) {
    int n = rows.numWanted();
    var last = buffers.last;
    for (int i = 0; i < n; i++) {
      int t = rows.wanted(i);
      var r = buffers.a.r().rows(t, t + 1);
      decoder.head().norm(buffers.stream.rows(t, t + 1), 1, last.rows(i, i + 1), r);
    }
    var tiles = Tiles.of(config.vocabSize(), MAX_SHARE);
    workers.share(
        tiles.count(),
        1,
        (worker, i, end) ->
            SteadyLinear.part(
                Way.FEW,
                last,
                0,
                Way.FEW.padded(n),
                weights().head(),
                tiles.from(i),
                tiles.to(i),
                0f,
                buffers.widened.get(worker),
                buffers.logits));
    for (int i = 0; i < n; i++) {
      rows.adapter(rows.wanted(i)).logits(last.rows(i, i + 1), buffers.logits.rows(i, i + 1));
    }
    decoder.head().cap(buffers.logits, n);
  }

  /// Outputs cut into pieces of one width, the last one a little more or less.
  private record Tiles(int outputs, int width, int count) {
    static Tiles of(int outputs, int width) {
      boolean isRestSmall = outputs % width < SteadyLinear.LEAST_OUTPUTS;
      return new Tiles(outputs, width, Math.max(1, outputs / width + (isRestSmall ? 0 : 1)));
    }

    int from(int i) {
      return i * width;
    }

    int to(int i) {
      return i == count - 1 ? outputs : (i + 1) * width;
    }
  }
}
