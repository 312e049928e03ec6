package dev.hone.tensor;

/// The AdamW optimiser as PyTorch defines it: weight decay apart from the gradient. (Loshchilov &
/// Hutter 2019, arXiv 1711.05101)
public final class AdamW {
  private AdamW() {}

  /// The constants of one step, with the bias corrections worked out.
  ///
  /// @param gradScale what every gradient is multiplied by first: clipping and `1 / trained tokens`
  /// @param oneMinusBeta1 `1 − beta1`, worked out in double: in float it would be off by 1e-5 for
  ///   beta2
  /// @param beta2 decay of the second moment
  /// @param oneMinusBeta2 `1 − beta2`
  /// @param eps added to the root of the second moment
  /// @param decayFactor `1 − lr · weightDecay`
  /// @param stepSize `lr / (1 − beta1ᵗ)`
  /// @param inverseRootCorrection2 `1 / √(1 − beta2ᵗ)`
  public record Step(
      float gradScale,
      float oneMinusBeta1,
      float beta2,
      float oneMinusBeta2,
      float eps,
      float decayFactor,
      float stepSize,
      float inverseRootCorrection2) {
    /// @param t 1 for the first step
    public static Step of(
        long t,
        double learningRate,
        double weightDecay,
        double beta1,
        double beta2,
        double eps,
        double gradScale) {
      return new Step(
          (float) gradScale,
          (float) (1 - beta1),
          (float) beta2,
          (float) (1 - beta2),
          (float) eps,
          (float) (1 - learningRate * weightDecay),
          (float) (learningRate / (1 - Math.pow(beta1, t))),
          (float) (1 / Math.sqrt(1 - Math.pow(beta2, t))));
    }
  }

  /// Updates elements `from` (inclusive) to `to` (exclusive) of flat blocks that share one layout.
  public static void update(
      Tensor param, Tensor grad, Tensor m, Tensor v, long from, long to, Step step) {
    if (from < 0
        || from > to
        || to > Math.min(Math.min(param.size(), grad.size()), Math.min(m.size(), v.size()))) {
      throw new ShapeException(
          "adamW",
          "range [%d, %d) leaves param %s, grad %s, m %s or v %s"
              .formatted(from, to, param.shape(), grad.shape(), m.shape(), v.shape()));
    }
    for (long i = from; i < to; i += 1 << 20) {
      int n = (int) Math.min(1 << 20, to - i);
      Kernels.BEST.adamW(param.data(), grad.data(), m.data(), v.data(), i * Float.BYTES, n, step);
    }
  }
}
