package dev.hone.tune.run;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.decoder.AdapterShape;
import dev.hone.model.decoder.BaseDtype;
import dev.hone.model.decoder.Parameter;
import dev.hone.model.decoder.ParameterSet;
import dev.hone.model.decoder.RowNorms;
import dev.hone.model.decoder.Workspace;
import dev.hone.tensor.MemoryPlan;
import dev.hone.tensor.ProcessMemory;
import dev.hone.tensor.Workers;
import dev.hone.tune.train.Engine;
import dev.hone.tune.train.Optimizer;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// What a run will take of the machine, known before anything is allocated.
///
/// @param mode whether activations are kept or made again
/// @param planned bytes by purpose, from a dry run of the code that allocates
/// @param peakBytes the process's expected peak: what it holds now, the planned buffers, and what
///   the JVM and the matrix library take while they run
/// @param bytesWithoutRecomputation the peak if activations were kept; empty where they are
/// @param availableBytes what the machine has left
record Resources(
    Workspace.Mode mode,
    Map<String, Long> planned,
    long peakBytes,
    OptionalLong bytesWithoutRecomputation,
    long availableBytes) {
  /// Programs and libraries in memory, compiled code, the compiler at work, the matrix library's
  /// own buffers: about the same for every model (docs/log.md).
  private static final long RUNTIME_BYTES = 112L << 20;

  /// The share of what is available that a run may take without being asked to save.
  private static final double ROOM = 0.9;

  /// The sizes of a run.
  ///
  /// @param base what the weights are kept in
  /// @param weights what those take
  /// @param trained empty to evaluate only
  /// @param answerContext the most tokens of a prompt with its answer; 0 where nothing is answered
  /// @param keepsStart whether what the adapter began with is kept
  record Demand(
      ModelConfig config,
      BaseDtype base,
      MemoryPlan weights,
      AdapterShape shape,
      List<Parameter> trained,
      float dropout,
      Engine.Size size,
      int answerContext,
      boolean keepsStart,
      int threads) {
    /// The longest sequence, tokens.
    int longest() {
      return Math.max(size.longest(), answerContext);
    }
  }

  static Resources of(Demand d, Recompute recompute) {
    return of(d, recompute, ProcessMemory.heldBytes(), ProcessMemory.availableBytes());
  }

  /// @param held bytes that the process has taken already
  /// @param available bytes that it could still take
  static Resources of(Demand d, Recompute recompute, long held, long available) {
    var kept = planned(d, Workspace.Mode.TRAINING);
    boolean isRecomputing =
        switch (recompute) {
          case ON -> true;
          case OFF -> false;
          case AUTO -> needed(kept) > ROOM * available;
        };
    if (!isRecomputing) {
      return new Resources(
          Workspace.Mode.TRAINING,
          kept.bytesByName(),
          held + needed(kept),
          OptionalLong.empty(),
          available);
    }
    var saved = planned(d, Workspace.Mode.RECOMPUTE);
    return new Resources(
        Workspace.Mode.RECOMPUTE,
        saved.bytesByName(),
        held + needed(saved),
        OptionalLong.of(held + needed(kept)),
        available);
  }

  private static long needed(MemoryPlan plan) {
    return plan.byteSize() + RUNTIME_BYTES;
  }

  private static MemoryPlan planned(Demand d, Workspace.Mode mode) {
    var plan = new MemoryPlan();
    plan.add(d.weights());
    plan.f32("rotary tables", d.longest(), d.config().headDim());
    if (!d.shape().isEmpty()) {
      ParameterSet.allocate(plan, "adapter", d.shape().parameters(d.config()));
      RowNorms.allocate(plan, d.config(), d.shape());
      if (d.keepsStart()) {
        ParameterSet.allocate(plan, "adapter", Trained.startParameters(d.shape(), d.config()));
      }
    }
    if (!d.trained().isEmpty()) {
      Optimizer.allocateMoments(plan, d.trained());
      Optimizer.allocateMoments(plan, d.trained());
    }
    try (var workers = new Workers(d.threads())) {
      Engine.allocate(
          plan, d.config(), d.base(), d.shape(), d.trained(), mode, d.dropout(), d.size(), workers);
    }
    if (d.answerContext() > 0) {
      AnswerMeter.plan(plan, d.config(), d.base(), d.shape(), d.answerContext(), d.threads());
    }
    return plan;
  }

  /// Refuses what cannot fit, before it is begun.
  void requireFit() {
    long needed = planned.values().stream().mapToLong(Long::longValue).sum() + RUNTIME_BYTES;
    if (needed > availableBytes) {
      throw new UsageException(
          "the run needs about %,d MB of memory%s and %,d MB are available"
              .formatted(
                  needed >> 20,
                  mode == Workspace.Mode.RECOMPUTE ? ", with --recompute on," : "",
                  availableBytes >> 20),
          "lower --micro-batch-tokens or --max-length, %suse --method lora with --base-dtype int8, or free memory"
              .formatted(mode == Workspace.Mode.RECOMPUTE ? "" : "add --recompute on, "));
    }
  }
}
