package dev.hone.tune.train;

/// Training produced a loss or gradient that is not a number; nothing was learned from that step.
public final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DivergedException(long step, double loss, double gradientNorm) {
    super(
        "training diverged at step %d: loss %s, gradient norm %s"
            .formatted(step, loss, gradientNorm));
  }
}
