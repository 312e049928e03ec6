package dev.hone.tensor;

import java.lang.foreign.MemorySegment;

/// The kernels that [KernelBench] times, each on operands of one length.
public enum Kernel {
  RMS_NORM((k, o, n) -> k.rmsNorm(o.x(), 0, o.w(), Constants.NORM, n, o.z(), 0)),
  RMS_NORM_BACKWARD((k, o, n) -> {
    k.rmsNormBackward(o.x(), 0, o.w(), 0f, 0.7f, o.y(), 0, n, o.z(), 0);
    return 0;
  }),
  RMS_NORM_BACKWARD_WEIGHT((k, o, n) -> {
    k.rmsNormBackwardWeight(o.x(), 0, 0.7f, o.y(), 0, n, o.z());
    return 0;
  }),
  SWIGLU((k, o, n) -> {
    k.swiGlu(o.x(), o.y(), o.z(), 0, n);
    return 0;
  }),
  SWIGLU_BACKWARD((k, o, n) -> {
    k.swiGluBackward(o.x(), o.y(), o.z(), 0, n);
    return 0;
  }),
  ATTENTION_WEIGHTS((k, o, n) -> k.attentionWeights(o.x(), 0, n, n)),
  ATTENTION_BACKWARD((k, o, n) -> {
    k.attentionBackward(o.y(), 0, o.x(), 0, n, n, 2.5f, 0.3f);
    return 0;
  }),
  ROTATE((k, o, n) -> {
    k.rotate(o.x(), 0, o.y(), o.w(), 0, n / 2, 1f);
    return 0;
  }),
  LOG_SUM_EXP((k, o, n) -> k.logSumExp(o.x(), 0, n)),
  ADAMW((k, o, n) -> {
    k.adamW(o.x(), o.y(), o.z(), o.w(), 0, n, Constants.STEP);
    return 0;
  }),
  /// What every call here costs beside its kernel: see [KernelBench#run].
  NOTHING((_, _, _) -> 0);

  /// The memory that kernels work on: `n` floats each, those of `w` not negative.
  record Operands(MemorySegment x, MemorySegment y, MemorySegment z, MemorySegment w) {}

  private interface Call {
    /// @return what the kernel returns, or 0
    double run(Kernels kernels, Operands operands, int n);
  }

  private static final class Constants {
    static final RmsNorm NORM = new RmsNorm(1e-5f);
    static final AdamW.Step STEP = AdamW.Step.of(3, 1e-4, 0, 0.9, 0.999, 1e-8, 1);
  }

  private final Call call;

  Kernel(Call call) {
    this.call = call;
  }

  double run(Kernels kernels, Operands operands, int n) {
    return call.run(kernels, operands, n);
  }
}
