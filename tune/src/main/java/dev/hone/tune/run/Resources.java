package dev.hone.tune.run;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.decoder.AdapterShape;
import dev.hone.model.decoder.BaseDtype;
import dev.hone.model.decoder.BaseWeights;
import dev.hone.model.decoder.Parameter;
import dev.hone.model.decoder.ParameterSet;
import dev.hone.model.decoder.Workspace;
import dev.hone.tensor.MemoryPlan;
import dev.hone.tensor.Workers;
import dev.hone.tune.train.Engine;
import dev.hone.tune.train.Optimizer;
import java.util.List;
import java.util.Map;

/// What a run will take of the machine, known before anything is allocated.
///
/// @param planned bytes by purpose, from a dry run of the code that allocates
/// @param peakBytes the process's expected peak: what it holds now, the planned buffers, and a
///   margin for what the JVM and the matrix library take while they run
/// @param availableBytes what the machine has left
record Resources(Map<String, Long> planned, long peakBytes, long availableBytes) {
  /// Compiled code, the heap's growth and the matrix library's own buffers, as measured on runs of
  /// several sizes.
  private static final long MARGIN_BYTES = 96L << 20;

  /// The sizes of a run.
  ///
  /// @param base what the weights are kept in
  /// @param trained empty to evaluate only
  record Demand(
      ModelConfig config,
      BaseDtype base,
      AdapterShape shape,
      List<Parameter> trained,
      Workspace.Mode mode,
      float dropout,
      Engine.Size size,
      int threads) {}

  static Resources of(Demand d) {
    var plan = new MemoryPlan();
    BaseWeights.allocate(d.config(), d.base(), plan);
    plan.f32("rotary tables", d.size().longest(), d.config().headDim());
    if (!d.shape().isEmpty()) {
      ParameterSet.allocate(plan, "adapter", d.shape().parameters(d.config()));
    }
    if (!d.trained().isEmpty()) {
      Optimizer.allocateMoments(plan, d.trained());
      Optimizer.allocateMoments(plan, d.trained());
    }
    try (var workers = new Workers(d.threads())) {
      Engine.allocate(
          plan,
          d.config(),
          d.base(),
          d.shape(),
          d.trained(),
          d.mode(),
          d.dropout(),
          d.size(),
          workers);
    }
    return new Resources(
        plan.bytesByName(),
        ProcessMemory.residentBytes() + plan.byteSize() + MARGIN_BYTES,
        ProcessMemory.availableBytes());
  }

  /// Refuses what cannot fit, before it is begun.
  void requireFit() {
    long needed = planned.values().stream().mapToLong(Long::longValue).sum() + MARGIN_BYTES;
    if (needed > availableBytes) {
      throw new UsageException(
          "the run needs about %,d MB of memory and %,d MB are available"
              .formatted(needed >> 20, availableBytes >> 20),
          "lower --micro-batch-tokens or --max-length, add --recompute, use --method lora with"
              + " --base-dtype int8, or free memory");
    }
  }
}
