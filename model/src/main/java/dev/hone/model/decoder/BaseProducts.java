package dev.hone.model.decoder;

import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.BaseLinear;
import dev.hone.tensor.IntegerLinear;
import dev.hone.tensor.IntegerProduct;
import java.util.Optional;

/// How a workspace multiplies with the base's matrices.
///
/// @param exact with the weights as they are kept and all else in float32: what a model is, and
///   what is scored, proven and served, on every machine alike
/// @param learning the same, or through integers where the processor is faster at them
record BaseProducts(BaseLinear.Scratch exact, BaseLinear.Scratch learning) {
  /// @param tokens of a pass, at most
  /// @param logitRows rows of logits at a time
  /// @param integers what multiplies in passes that are learned from; empty for float32 there too
  static BaseProducts allocate(
      Allocator memory,
      ModelConfig config,
      BaseDtype dtype,
      int tokens,
      int logitRows,
      Optional<IntegerProduct> integers) {
    var exact = exact(memory, config, dtype);
    if (dtype != BaseDtype.INT8 || integers.isEmpty()) {
      return new BaseProducts(exact, exact);
    }
    long in = LinearLayer.widestIn(config);
    long out = LinearLayer.widestOut(config);
    long logits = (long) logitRows * config.vocabSize();
    var scratch =
        IntegerLinear.Scratch.allocate(
            integers.get(),
            memory,
            tokens,
            tokens * in,
            Math.max(tokens * out, IntegerLinear.MOST_PARTS * logits),
            Math.toIntExact(Math.max(out, config.vocabSize())),
            Math.toIntExact(in));
    return new BaseProducts(exact, exact.with(scratch));
  }

  /// For products with the weights as they are kept alone.
  static BaseLinear.Scratch exact(Allocator memory, ModelConfig config, BaseDtype dtype) {
    return dtype.isNarrow()
        ? BaseLinear.Scratch.allocate(memory, LinearLayer.widestIn(config))
        : BaseLinear.Scratch.NONE;
  }
}
