package dev.hone.model.decoder;

import dev.hone.tensor.Allocator;
import dev.hone.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Named tensors in one flat block: parameters, their gradients or an optimiser's moments, all in
/// one layout.
///
/// Vectors (norms, biases) come last, so that weight decay covers one leading range.
public final class ParameterSet {
  private final List<Parameter> parameters;
  private final Tensor flat;
  private final Map<String, Tensor> views;

  private ParameterSet(List<Parameter> parameters, Tensor flat, Map<String, Tensor> views) {
    this.parameters = parameters;
    this.flat = flat;
    this.views = views;
  }

  /// @param label what the block is for, shown when memory is reported
  public static ParameterSet allocate(Allocator memory, String label, List<Parameter> parameters) {
    var ordered =
        java.util.stream.Stream.concat(
                parameters.stream().filter(p -> !p.vector()),
                parameters.stream().filter(Parameter::vector))
            .toList();
    long size = ordered.stream().mapToLong(Parameter::size).sum();
    var flat = memory.f32(label, size, 1);
    return new ParameterSet(ordered, flat, views(ordered, flat.data()));
  }

  private static Map<String, Tensor> views(List<Parameter> parameters, MemorySegment block) {
    var views = new LinkedHashMap<String, Tensor>();
    if (block.equals(MemorySegment.NULL)) {
      return views;
    }
    long at = 0;
    for (var p : parameters) {
      long byteSize = p.size() * Float.BYTES;
      if (views.put(p.name(), Tensor.of(block.asSlice(at, byteSize), p.rows(), p.cols())) != null) {
        throw new IllegalArgumentException("parameter " + p.name() + " is listed twice");
      }
      at += byteSize;
    }
    return views;
  }

  /// In the block's order.
  public List<Parameter> parameters() {
    return parameters;
  }

  /// All elements, one after the other.
  public Tensor flat() {
    return flat;
  }

  public long size() {
    return flat.size();
  }

  public Optional<Tensor> find(String name) {
    return Optional.ofNullable(views.get(name));
  }

  /// @throws IllegalArgumentException when there is no such parameter
  public Tensor get(String name) {
    return find(name).orElseThrow(() -> new IllegalArgumentException("no parameter " + name));
  }
}
