package dev.hone.model.decoder;

import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.Panels;
import dev.hone.tensor.Tensor;
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
  public static final PackedAdapter NONE = new PackedAdapter(List.of());

  private final List<Low[]> layers;

  /// One linear layer's, null where it isn't adapted.
  ///
  /// @param a `(r, in)`
  /// @param b `(out, r)`, times the scale
  private record Low(Panels a, Panels b) {
    long byteSize() {
      return a.byteSize() + b.byteSize();
    }
  }

  private PackedAdapter(List<Low[]> layers) {
    this.layers = layers;
  }

  /// A copy of an adapter's weights.
  public static PackedAdapter of(
      Allocator memory, ModelConfig config, AdapterShape shape, ParameterSet parameters) {
    var layers = new ArrayList<Low[]>();
    for (int l = 0; l < config.numLayers(); l++) {
      var layer = new Low[LinearLayer.values().length];
      for (var linear : LinearLayer.values()) {
        var module = linear.module(l);
        if (shape.rank(module) > 0) {
          layer[linear.ordinal()] = low(memory, module, shape.scale(module), parameters);
        }
      }
      layers.add(layer);
    }
    return new PackedAdapter(layers);
  }

  private static Low low(Allocator memory, String module, float scale, ParameterSet parameters) {
    var a = parameters.get(module + ".lora_A.weight");
    var b = parameters.get(module + ".lora_B.weight");
    return new Low(Panels.of(memory, "adapter", a, 1f), Panels.of(memory, "adapter", b, scale));
  }

  public boolean isEmpty() {
    return layers.isEmpty();
  }

  public long byteSize() {
    return modules().mapToLong(Low::byteSize).sum();
  }

  /// The largest of its ranks.
  public int maxRank() {
    return modules().mapToInt(low -> low.a.out()).max().orElse(0);
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
