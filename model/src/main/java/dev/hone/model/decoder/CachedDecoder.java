package dev.hone.model.decoder;

import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.Attention;
import dev.hone.tensor.BaseLinear;
import dev.hone.tensor.Gain;
import dev.hone.tensor.Linear;
import dev.hone.tensor.Matrix;
import dev.hone.tensor.MemoryPlan;
import dev.hone.tensor.Spans;
import dev.hone.tensor.StreamedLinear;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.Workers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/// A [Decoder] that goes on with one sequence: keys and values of what was before lie in a cache,
/// and all workers share each new pass.
///
/// A layer is a row of phases, between which the workers wait for each other:
///
/// ```
/// norm   q,k,v   rotate   attention   o, added   norm   gate,up,swiglu   down, added
/// ```
///
/// and before each product, where an adapter has it, its inner activations. A product is shared out
/// by its outputs: for one token they are rows of the weight, each streamed once by one worker
/// ([StreamedLinear]); for many tokens they are tiles, rows of the pass by outputs. Bits never
/// depend on the number of workers.
///
/// For one thread at a time. All memory comes from the allocator, and whoever made that frees it.
public final class CachedDecoder {
  /// A good length for the passes of a long prompt, tokens: long enough for the matrix products,
  /// short enough to cancel soon.
  public static final int CHUNK = 256;

  /// Tokens and outputs of one tile of a matrix product: much smaller, and the library spends its
  /// time on packing; much larger, and few tiles leave workers idle.
  private static final int TILE_TOKENS = 128;

  private static final int TILE_OUTPUTS = 192;

  /// The most shares per worker of a weight that is multiplied with one token: enough that one who
  /// is held up leaves the rest to others.
  private static final int MAX_SHARES = 4;

  /// The fewest bytes of such a share, where each worker has one: to begin another costs half a
  /// microsecond, in which 16 KB are read.
  private static final int SHARE_BYTES = 1 << 18;

  /// Tokens per share of what is done token by token.
  private static final int SHARE_TOKENS = 16;

  private final Decoder decoder;
  private final ModelConfig config;
  private final Workers workers;
  private final KvCache cache;
  private final int maxTokens;
  private final Tensor stream;
  private final List<BlockActivations> blocks;
  private final List<Attention.Scratch> scratch;
  private final List<BaseLinear.Scratch> widened;
  private final Tensor last;
  private final Tensor ofTokens;

  private CachedDecoder(Decoder decoder, Buffers buffers, int maxTokens, Workers workers) {
    this.decoder = decoder;
    this.config = decoder.config();
    this.workers = workers;
    this.maxTokens = maxTokens;
    this.cache = buffers.cache;
    this.stream = buffers.stream;
    this.blocks = buffers.blocks;
    this.scratch = buffers.scratch;
    this.widened = buffers.widened;
    this.last = buffers.last;
    this.ofTokens = buffers.ofTokens;
  }

  /// @param adapter of the decoder; [AdapterShape#NONE] without one
  /// @param maxTokens the most tokens of one pass
  /// @param capacity the most tokens of the sequence; at most what the decoder was made for
  public static CachedDecoder allocate(
      Allocator memory,
      Decoder decoder,
      AdapterShape adapter,
      int maxTokens,
      int capacity,
      Workers workers) {
    var size = new Size(decoder.config(), decoder.baseDtype(), adapter, maxTokens, capacity);
    var buffers = Buffers.allocate(memory, size, workers.count());
    return new CachedDecoder(decoder, buffers, maxTokens, workers);
  }

  /// What its memory depends on, with the number of workers.
  ///
  /// @param maxTokens the most tokens of one pass
  /// @param capacity the most tokens of the sequence
  public record Size(
      ModelConfig config, BaseDtype base, AdapterShape adapter, int maxTokens, int capacity) {
    /// Counts what [#allocate] would take.
    public void plan(MemoryPlan plan, int workers) {
      Buffers.allocate(plan, this, workers);
    }
  }

  /// All of its memory.
  private record Buffers(
      KvCache cache,
      Tensor stream,
      List<BlockActivations> blocks,
      List<Attention.Scratch> scratch,
      List<BaseLinear.Scratch> widened,
      Tensor last,
      Tensor ofTokens) {
    static Buffers allocate(Allocator memory, Size size, int workers) {
      var config = size.config;
      var attention = Workspace.attention(config, 0);
      var cache = KvCache.allocate(memory, config, size.capacity);
      var stream = memory.f32("activations", size.maxTokens, config.hiddenSize());
      var blocks = blocks(memory, size, stream);
      var scratch =
          IntStream.range(0, workers)
              .mapToObj(w -> attention.scratch(memory, size.capacity, false))
              .toList();
      var widened =
          IntStream.range(0, workers)
              .mapToObj(w -> BaseProducts.exact(memory, config, size.base))
              .toList();
      var last = memory.f32("head", 1, config.hiddenSize());
      var ofTokens = memory.f32("head", 1, size.adapter.outputRows(config));
      return new Buffers(cache, stream, blocks, scratch, widened, last, ofTokens);
    }

    /// One set of activations for all layers; the residual stream goes through in place.
    private static List<BlockActivations> blocks(Allocator memory, Size size, Tensor stream) {
      var inner = new ArrayList<List<BlockActivations.Inner>>();
      var shared = new HashMap<String, Tensor>();
      for (int l = 0; l < size.config.numLayers(); l++) {
        inner.add(
            BlockActivations.inner(memory, size.config, size.adapter, l, size.maxTokens, shared));
      }
      var first =
          BlockActivations.allocate(memory, size.config, size.maxTokens, stream, inner.getFirst());
      return inner.stream().map(ofLayer -> first.sharedWith(stream, ofLayer)).toList();
    }
  }

  /// The tokens so far.
  public KvCache cache() {
    return cache;
  }

  /// The longest pass that fits, tokens.
  public int maxTokens() {
    return maxTokens;
  }

  public ModelConfig config() {
    return config;
  }

  /// Runs the next tokens on top of what the cache holds, and leaves their keys and values there.
  ///
  /// @param ids the next tokens, the first `n` in use
  /// @param logits `V` elements, overwritten: the logits after the last of them
  public void extend(int[] ids, int n, Tensor logits) {
    if (n < 1 || n > maxTokens || cache.length() + n > cache.capacity()) {
      throw new IllegalArgumentException(
          "%d tokens on top of %d do not fit a cache of %d and passes of %d"
              .formatted(n, cache.length(), cache.capacity(), maxTokens));
    }
    decoder.embed(ids, n, stream);
    for (int l = 0; l < config.numLayers(); l++) {
      attentionHalf(l, n);
      mlpHalf(l, n);
    }
    cache.grow(n);
    head(n, logits);
  }

  private DecoderTensors<Matrix> weights() {
    return decoder.weights();
  }

  private void attentionHalf(int l, int n) {
    var a = blocks.get(l);
    var w = weights().blocks().get(l);
    int past = cache.length();
    var k = cache.keys(l).rows(past, past + n);
    var v = cache.values(l).rows(past, past + n);
    norm(stream, a.h(), a.r(), w.inputNorm(), n);
    project(
        a.h(),
        n,
        0f,
        List.of(
            new Product(w.q(), a.inner(LinearLayer.Q), a.q()),
            new Product(w.k(), a.inner(LinearLayer.K), k),
            new Product(w.v(), a.inner(LinearLayer.V), v)));
    decoder.normHeads(a.q(), w.qNorm(), n, a.q(), a.factorsQ());
    decoder.normHeads(k, w.kNorm(), n, k, a.factorsK());
    rotate(l, a.q(), past, n);
    rotate(l, k, past, n);
    attend(a, l, past, n);
    add(a.attended(), w.branchNorm(), a.o(), n, w.o(), a.inner(LinearLayer.O));
  }

  /// Projects `x` onto the residual stream, as the model's branches go there.
  private void add(
      BlockActivations.Branch branch,
      Tensor norm,
      Tensor x,
      int n,
      LinearTensors<Matrix> w,
      BlockActivations.Inner inner) {
    boolean isAdded = branch == null;
    project(x, n, isAdded ? 1f : 0f, List.of(new Product(w, inner, isAdded ? stream : branch.x())));
    if (!isAdded) {
      workers.share(
          n,
          SHARE_TOKENS,
          (worker, from, to) ->
              decoder.addBranch(branch.rows(from, to), norm, to - from, stream.rows(from, to)));
    }
  }

  private void mlpHalf(int l, int n) {
    var a = blocks.get(l);
    var w = weights().blocks().get(l);
    var gate = new Product(w.gate(), a.inner(LinearLayer.GATE), a.gate());
    var up = new Product(w.up(), a.inner(LinearLayer.UP), a.up());
    norm(stream, a.h2(), a.r2(), w.postNorm(), n);
    if (n == 1) {
      project(a.h2(), 1, 0f, List.of(gate, up));
      config.form().glu().forward(a.gate(), a.up(), 1, a.m());
    } else {
      low(a.h2(), n, List.of(gate, up));
      tiles(
          n,
          config.intermediateSize(),
          (worker, from, to, fromOut, toOut) -> {
            gate.part(a.h2(), from, to, fromOut, toOut, 0f, widened.get(worker));
            up.part(a.h2(), from, to, fromOut, toOut, 0f, widened.get(worker));
            config.form().glu().part(a.gate(), a.up(), from, to, fromOut, toOut, a.m());
          });
    }
    add(a.computed(), w.mlpNorm(), a.m(), n, w.down(), a.inner(LinearLayer.DOWN));
  }

  /// The logits after the last of `n` tokens.
  private void head(int n, Tensor logits) {
    var first = blocks.getFirst();
    decoder.head().norm(stream.rows(n - 1, n), 1, last, first.r());
    var w = weights().head();
    stream(
        List.of(w),
        Function.identity(),
        (of, from, to) -> StreamedLinear.part(last, of, from, to, 0f, logits));
    decoder.head().rows().logits(last, 1, ofTokens, logits);
    decoder.head().cap(logits, 1);
  }

  /// @param w null where the model doesn't normalise here
  private void norm(Tensor x, Tensor h, Tensor r, Tensor w, int n) {
    if (w != null) {
      workers.share(
          n,
          SHARE_TOKENS,
          (worker, from, to) ->
              decoder
                  .norm()
                  .forward(x.rows(from, to), to - from, w, h.rows(from, to), r.rows(from, to)));
    }
  }

  private void rotate(int l, Tensor x, int past, int n) {
    var rotation = config.form().layer(l).rotation();
    workers.share(
        n,
        SHARE_TOKENS,
        (worker, from, to) -> {
          var positions = IntStream.range(past + from, past + to).toArray();
          decoder.rope().rotate(rotation, x.rows(from, to), positions, to - from);
        });
  }

  private void attend(BlockActivations a, int l, int past, int n) {
    var k = cache.keys(l);
    var v = cache.values(l);
    var attention = decoder.attention(l);
    int groups = config.numKvHeads();
    var spans = Spans.extending(past, n);
    int span = spans.size() - 1;
    workers.share(
        groups * attention.blocks(n),
        1,
        (worker, i, to) ->
            attention.block(
                a.q(),
                k,
                v,
                spans,
                span,
                i % groups,
                i / groups,
                scratch.get(worker),
                a.o(),
                a.lse()));
  }

  /// One linear layer on its way: where its inner activations and its outputs go.
  private record Product(LinearTensors<Matrix> w, BlockActivations.Inner inner, Tensor y) {
    /// The outputs from `fromOut` to `toOut` that there are.
    void part(
        Tensor x,
        int from,
        int to,
        int fromOut,
        int toOut,
        float beta,
        BaseLinear.Scratch widened) {
      int first = Math.max(fromOut, 0);
      int end = Math.min(toOut, y.cols());
      if (first < end) {
        BaseLinear.part(x, from, to, w.weight(), first, end, ofBase(beta), widened, ofBase());
        rest(from, to, first, end, beta);
      }
    }

    /// The base's part of one token's outputs in groups `from` to `to`.
    void stream(Tensor x, int from, int to, float beta) {
      StreamedLinear.part(x, w.weight(), from, to, ofBase(beta), ofBase());
    }

    /// Where the base's product goes.
    private Tensor ofBase() {
      return w.hasMagnitude() ? inner.whole() : y;
    }

    private float ofBase(float beta) {
      return w.hasMagnitude() ? 0f : beta;
    }

    /// Whether the base's product isn't all.
    boolean hasRest() {
      return w.bias() != null || w.hasAdapter();
    }

    /// What comes to the base's product, for the outputs from `fromOut` to `toOut` that there are.
    void rest(int from, int to, int fromOut, int toOut, float beta) {
      int first = Math.max(fromOut, 0);
      int end = Math.min(toOut, y.cols());
      if (first >= end) {
        return;
      }
      if (w.hasAdapter()) {
        Linear.part(inner.low(), from, to, w.b(), first, end, w.scale(), 1f, ofBase());
      }
      if (w.hasMagnitude()) {
        Gain.part(inner.whole(), from, to, w.gain(), first, end, beta, y);
      }
      if (w.bias() != null) {
        Linear.addBiasPart(w.bias(), from, to, first, end, y);
      }
    }

    /// The inner activations from `fromOut` to `toOut` that there are.
    void lowPart(Tensor x, int from, int to, int fromOut, int toOut) {
      int first = Math.max(fromOut, 0);
      int end = Math.min(toOut, w.rank());
      if (first < end) {
        Linear.part(x, from, to, w.a(), first, end, 1f, 0f, inner.low());
      }
    }
  }

  /// Several layers of one input, their outputs side by side.
  private void project(Tensor x, int n, float beta, List<Product> products) {
    low(x, n, products);
    if (n > 1) {
      tiles(
          n,
          products,
          (p, worker, from, to, first, end) ->
              p.part(x, from, to, first, end, beta, widened.get(worker)));
      return;
    }
    stream(products, p -> p.w().weight(), (p, from, to) -> p.stream(x, from, to, beta));
    if (products.stream().anyMatch(Product::hasRest)) {
      tiles(1, products, (p, worker, from, to, first, end) -> p.rest(0, 1, first, end, beta));
    }
  }

  private void low(Tensor x, int n, List<Product> products) {
    var adapted = products.stream().filter(p -> p.w().hasAdapter()).toList();
    if (adapted.isEmpty()) {
      return;
    }
    if (n == 1) {
      stream(
          adapted,
          p -> p.w().a(),
          (p, from, to) -> StreamedLinear.part(x, p.w().a(), from, to, 0f, p.inner().low()));
      return;
    }
    tiles(
        n,
        adapted.stream().mapToInt(p -> p.w().rank()).sum(),
        (worker, from, to, fromOut, toOut) -> {
          int at = 0;
          for (var p : adapted) {
            p.lowPart(x, from, to, fromOut - at, toOut - at);
            at += p.w().rank();
          }
        });
  }

  /// Groups `from` to `to` of what belongs to a weight.
  private interface Groups<T> {
    void run(T of, int from, int to);
  }

  /// Shares out the groups of several weights that meet one token.
  private <T> void stream(List<T> all, Function<T, Matrix> weight, Groups<T> groups) {
    int total = 0;
    long bytes = 0;
    for (var each : all) {
      var w = weight.apply(each);
      total += StreamedLinear.groups(w);
      bytes += w.data().byteSize();
    }
    int shares = workers.count() * Math.clamp(bytes / workers.count() / SHARE_BYTES, 1, MAX_SHARES);
    workers.share(
        total,
        Math.ceilDiv(total, shares),
        (worker, from, to) -> {
          int at = 0;
          for (var each : all) {
            int n = StreamedLinear.groups(weight.apply(each));
            int first = Math.max(from - at, 0);
            int end = Math.min(to - at, n);
            if (first < end) {
              groups.run(each, first, end);
            }
            at += n;
          }
        });
  }

  /// A part of one of several layers.
  private interface Part {
    void run(Product p, int worker, int from, int to, int fromOut, int toOut);
  }

  /// Shares out tiles of several layers' outputs side by side.
  private void tiles(int n, List<Product> products, Part part) {
    tiles(
        n,
        products.stream().mapToInt(p -> p.y().cols()).sum(),
        (worker, from, to, fromOut, toOut) -> {
          int at = 0;
          for (var p : products) {
            part.run(p, worker, from, to, fromOut - at, toOut - at);
            at += p.y().cols();
          }
        });
  }

  /// Outputs `fromOut` to `toOut` of tokens `from` to `to`.
  private interface Tile {
    void run(int worker, int from, int to, int fromOut, int toOut);
  }

  /// Shares tiles of `(n, outputs)` out.
  private void tiles(int n, int outputs, Tile tile) {
    int across = Math.ceilDiv(outputs, TILE_OUTPUTS);
    workers.share(
        across * Math.ceilDiv(n, TILE_TOKENS),
        1,
        (worker, i, end) -> {
          int from = i / across * TILE_TOKENS;
          int fromOut = i % across * TILE_OUTPUTS;
          tile.run(
              worker,
              from,
              Math.min(n, from + TILE_TOKENS),
              fromOut,
              Math.min(outputs, fromOut + TILE_OUTPUTS));
        });
  }
}
