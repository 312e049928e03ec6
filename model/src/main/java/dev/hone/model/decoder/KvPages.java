package dev.hone.model.decoder;

import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.PagedAttention;
import dev.hone.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/// Room for keys and values in pages of [PagedAttention#PAGE_TOKENS] tokens, for all layers; who
/// has which page is somebody else's business.
///
/// A page has the same number in every layer.
public final class KvPages {
  /// Tokens of a page.
  public static final int TOKENS = PagedAttention.PAGE_TOKENS;

  private final List<Tensor> layers;
  private final int size;

  private KvPages(List<Tensor> layers, int size) {
    this.layers = layers;
    this.size = size;
  }

  /// @param pages how many
  public static KvPages allocate(Allocator memory, ModelConfig config, int pages) {
    var attention = attention(config, 0);
    var layers =
        IntStream.range(0, config.numLayers())
            .mapToObj(l -> attention.allocate(memory, pages))
            .toList();
    return new KvPages(layers, pages);
  }

  /// Pages that so many tokens take.
  public static int count(int tokens) {
    return PagedAttention.pages(tokens);
  }

  /// Bytes of one page, all layers together.
  public static long pageBytes(ModelConfig config) {
    return (long) config.numLayers() * attention(config, 0).pageFloats() * Float.BYTES;
  }

  /// Attention of one layer; scratch and pages of any do for all.
  static PagedAttention attention(ModelConfig config, int layer) {
    return new PagedAttention(
        config.numHeads(), config.numKvHeads(), config.headDim(), Workspace.scores(config, layer));
  }

  /// How many pages there are.
  public int size() {
    return size;
  }

  Tensor layer(int l) {
    return layers.get(l);
  }
}
