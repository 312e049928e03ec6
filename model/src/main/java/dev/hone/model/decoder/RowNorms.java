package dev.hone.model.decoder;

import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.ArenaAllocator;
import dev.hone.tensor.Elementwise;
import dev.hone.tensor.Linear;
import dev.hone.tensor.Matrix;
import dev.hone.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How long the rows of the adapted weights are, where an adapter learns that by itself (DoRA), and
/// what they are multiplied by to have their learned lengths.
///
/// Worked out once for each change of the adapter, not in its passes; a gradient takes the lengths
/// as constants, as the paper (its section 4.3) and PEFT do.
public final class RowNorms {
  /// Rows of a weight that are looked at together.
  private static final int BLOCK_ROWS = 64;

  private final ParameterSet values;
  private final Tensor block;

  private RowNorms(ParameterSet values, Tensor block) {
    this.values = values;
    this.block = block;
  }

  /// Takes no memory where no module has magnitudes.
  public static RowNorms allocate(Allocator memory, ModelConfig config, AdapterShape shape) {
    var vectors = new ArrayList<Parameter>();
    int widest = 0;
    for (var module : LinearLayer.modules(config)) {
      if (shape.hasMagnitude(module)) {
        var linear = LinearLayer.of(module);
        vectors.add(Parameter.vector(norm(module), linear.out(config)));
        vectors.add(Parameter.vector(gain(module), linear.out(config)));
        widest = Math.max(widest, linear.in(config));
      }
    }
    return new RowNorms(
        ParameterSet.allocate(memory, "adapter", vectors),
        memory.f32("adapter", widest == 0 ? 0 : BLOCK_ROWS, widest));
  }

  /// How long the rows of a weight are, `(1, out)`.
  static Tensor of(Matrix weight, Allocator memory) {
    int out = Math.toIntExact(weight.rows());
    var norms = memory.f32("adapter", 1, out);
    try (var arena = Arena.ofConfined()) {
      var row = new ArenaAllocator(arena).f32("row", 1, weight.cols());
      for (int o = 0; o < out; o++) {
        weight.widen(o, 1, row);
        norms.set(0, o, (float) Math.sqrt(Elementwise.sumOfSquares(row)));
      }
    }
    return norms;
  }

  static String norm(String module) {
    return module + ".row_norm";
  }

  static String gain(String module) {
    return module + ".gain";
  }

  Optional<Tensor> find(String name) {
    return values.find(name);
  }

  /// Works all of it out anew.
  void update(List<LinearTensors<Matrix>> layers) {
    for (var w : layers) {
      if (w.hasMagnitude()) {
        updateNorms(w);
      }
    }
    updateGains(layers);
  }

  private void updateNorms(LinearTensors<Matrix> w) {
    int out = Math.toIntExact(w.weight().rows());
    for (int from = 0; from < out; from += BLOCK_ROWS) {
      int n = Math.min(BLOCK_ROWS, out - from);
      var rows = adapted(w, from, n);
      for (int i = 0; i < n; i++) {
        double sum = Elementwise.sumOfSquares(rows.rows(i, i + 1));
        w.norm().set(0, from + i, (float) Math.sqrt(sum));
      }
    }
  }

  /// Rows `from` to `from + n` of `weight + scale · b·a`.
  private Tensor adapted(LinearTensors<Matrix> w, int from, int n) {
    int in = w.weight().cols();
    var rows = Tensor.of(block.data().asSlice(0, (long) n * in * Float.BYTES), n, in);
    w.weight().widen(from, n, rows);
    Linear.backward(w.b().rows(from, from + n), n, w.a(), w.scale(), 1f, rows);
    return rows;
  }

  /// For other magnitudes of the same lengths.
  static void updateGains(List<LinearTensors<Matrix>> layers) {
    for (var w : layers) {
      for (int o = 0; w.hasMagnitude() && o < w.gain().cols(); o++) {
        float norm = w.norm().get(0, o);
        w.gain().set(0, o, norm == 0 ? 0 : w.magnitude().get(0, o) / norm);
      }
    }
  }

  /// Gives every row the magnitude that it has, so that nothing is changed yet.
  static void start(List<LinearTensors<Matrix>> layers) {
    for (var w : layers) {
      if (w.hasMagnitude()) {
        w.magnitude().copyFrom(w.norm(), 1);
      }
    }
    updateGains(layers);
  }

  /// The magnitudes' gradient, added: `dmagnitude += dgain / norm`.
  static void backward(Tensor dgain, Tensor norm, Tensor dmagnitude) {
    for (int o = 0; o < norm.cols(); o++) {
      if (norm.get(0, o) != 0) {
        dmagnitude.set(0, o, dmagnitude.get(0, o) + dgain.get(0, o) / norm.get(0, o));
      }
    }
  }
}
