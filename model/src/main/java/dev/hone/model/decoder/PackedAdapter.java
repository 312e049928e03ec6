package dev.hone.model.decoder;

import dev.hone.tensor.Allocator;
import dev.hone.tensor.Matrix;
import dev.hone.tensor.Panels;
import dev.hone.tensor.Tensor;
import dev.hone.tensor.TokenRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// An adapter laid out for single rows, so that each row of a pass may have another one; its scale
/// is in the weights.
///
/// The memory belongs to whoever made the allocator.
public final class PackedAdapter {
  /// For rows of the base alone.
  public static final PackedAdapter NONE =
      new PackedAdapter(List.of(), TokenRows.NONE, TokenRows.NONE, null);

  private final List<Low[]> layers;
  private final TokenRows inputRows;
  private final TokenRows outputRows;
  private final Tensor ofTokens;

  /// One linear layer's, null where it isn't adapted.
  ///
  /// @param a `(r, in)`
  /// @param b `(out, r)`, times the scale
  /// @param gain `out` elements; null without magnitudes
  private record Low(Panels a, Panels b, Tensor gain) {
    long byteSize() {
      return a.byteSize() + b.byteSize() + (gain == null ? 0 : gain.byteSize());
    }
  }

  /// @param ofTokens scratch for the logits of `outputRows`
  private PackedAdapter(
      List<Low[]> layers, TokenRows inputRows, TokenRows outputRows, Tensor ofTokens) {
    this.layers = layers;
    this.inputRows = inputRows;
    this.outputRows = outputRows;
    this.ofTokens = ofTokens;
  }

  /// A copy of an adapter's weights.
  ///
  /// @param adapted the decoder that has it
  public static PackedAdapter of(Allocator memory, Decoder adapted) {
    var layers = new ArrayList<Low[]>();
    for (var block : adapted.weights().blocks()) {
      layers.add(
          block.linears().stream()
              .map(w -> w.hasAdapter() ? low(memory, w) : null)
              .toArray(Low[]::new));
    }
    var inputs = adapted.inputRows().copy(memory, "adapter");
    var rows = adapted.head().rows();
    var outputs = rows == adapted.inputRows() ? inputs : rows.copy(memory, "adapter");
    return new PackedAdapter(layers, inputs, outputs, memory.f32("adapter", 1, outputs.count()));
  }

  private static Low low(Allocator memory, LinearTensors<Matrix> w) {
    return new Low(
        Panels.of(memory, "adapter", w.a(), 1f),
        Panels.of(memory, "adapter", w.b(), w.scale()),
        w.hasMagnitude() ? copy(memory, w.gain()) : null);
  }

  private static Tensor copy(Allocator memory, Tensor vector) {
    var copy = memory.f32("adapter", 1, vector.cols());
    copy.copyFrom(vector, 1);
    return copy;
  }

  public boolean isEmpty() {
    return layers.isEmpty();
  }

  public long byteSize() {
    long rows = inputRows.byteSize() + (outputRows == inputRows ? 0 : outputRows.byteSize());
    return modules().mapToLong(Low::byteSize).sum() + rows;
  }

  /// The largest of its ranks.
  public int maxRank() {
    return modules().mapToInt(low -> low.a.out()).max().orElse(0);
  }

  /// Puts the row that it has of a token in place of the base's.
  ///
  /// @param x `(T, C)`, whose row `t` was looked up already
  void embed(int id, Tensor x, int t) {
    inputRows.embed(id, x, t);
  }

  /// Writes the logits of the tokens that it has rows of over the base's.
  ///
  /// @param h `(1, C)`, `logits` `(1, V)`
  void logits(Tensor h, Tensor logits) {
    outputRows.logits(h, 1, ofTokens, logits);
  }

  /// What the layer's whole output is multiplied by, its bias excepted; null where it stays as it
  /// is.
  Tensor gain(int layer, LinearLayer linear) {
    var module = isEmpty() ? null : layers.get(layer)[linear.ordinal()];
    return module == null ? null : module.gain;
  }

  private Stream<Low> modules() {
    return layers.stream().flatMap(Arrays::stream).filter(Objects::nonNull);
  }

  /// `y[t] += scale · (x[t]·Aᵀ)·Bᵀ`, where the layer is adapted.
  ///
  /// @param low `(1, r)` or wider, overwritten
  void add(int layer, LinearLayer linear, Tensor x, int t, Tensor low, Tensor y) {
    var module = isEmpty() ? null : layers.get(layer)[linear.ordinal()];
    if (module != null) {
      module.a.forward(x, t, low, 0);
      module.b.add(low, 0, y, t);
    }
  }
}
