package dev.hone.tune.run;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.hone.model.checkpoint.Dtype;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.decoder.AdapterShape;
import dev.hone.model.decoder.BaseWeights;
import dev.hone.model.decoder.Decoder;
import dev.hone.model.decoder.Parameter;
import dev.hone.model.decoder.ParameterSet;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.Bf16Matrix;
import java.util.List;
import java.util.SplittableRandom;

/// What a method trains, and the decoder that it trains in.
///
/// @param shape the adapter; [AdapterShape#NONE] for full training
/// @param parameters trained: the adapter's, or the model's own weights
/// @param base the decoder without adapter
/// @param decoder the decoder that is trained
record Trained(AdapterShape shape, ParameterSet parameters, Decoder base, Decoder decoder) {
  static AdapterShape shape(Method method, ModelConfig config) {
    return switch (method) {
      case Method.Lora lora -> lora.config().shapeFor(config);
      case Method.Full any -> AdapterShape.NONE;
    };
  }

  /// Names and shapes of what is trained.
  static List<Parameter> parameters(AdapterShape shape, ModelConfig config) {
    return shape.isEmpty() ? BaseWeights.parameters(config) : shape.parameters(config);
  }

  /// @param positions the longest sequence, tokens
  static Trained of(
      ModelConfig config,
      AdapterShape shape,
      BaseWeights weights,
      Allocator memory,
      int positions,
      long seed) {
    var base = Decoder.of(config, weights, memory, positions);
    if (shape.isEmpty()) {
      return new Trained(shape, weights.float32(), base, base);
    }
    var adapter = ParameterSet.allocate(memory, "adapter", shape.parameters(config));
    initialise(adapter, seed);
    var adapted = base.withAdapter(shape, adapter, memory);
    adapted.startMagnitudes();
    return new Trained(shape, adapter, base, adapted);
  }

  /// Rounds what was trained to the type that it will be stored in, so that it is measured and
  /// proven as it will be served.
  void roundTo(Dtype dtype) {
    if (dtype == Dtype.F32) {
      return;
    }
    var data = parameters.flat().data();
    for (long at = 0; at < data.byteSize(); at += Float.BYTES) {
      short rounded = Bf16Matrix.round(data.get(JAVA_FLOAT_UNALIGNED, at));
      data.set(JAVA_FLOAT_UNALIGNED, at, Float.intBitsToFloat(rounded << 16));
    }
  }

  /// As PEFT starts an adapter: A uniform in ±1/√in (Kaiming with a = √5), B zero, so that nothing
  /// changes yet.
  private static void initialise(ParameterSet adapter, long seed) {
    var random = new SplittableRandom(seed);
    for (var p : adapter.parameters()) {
      if (p.name().endsWith(".lora_A.weight")) {
        double bound = 1 / Math.sqrt(p.cols());
        var a = adapter.get(p.name());
        for (int r = 0; r < p.rows(); r++) {
          for (int c = 0; c < p.cols(); c++) {
            a.set(r, c, (float) random.nextDouble(-bound, bound));
          }
        }
      }
    }
  }
}
