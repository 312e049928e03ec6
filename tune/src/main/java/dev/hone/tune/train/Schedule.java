package dev.hone.tune.train;

import java.util.Locale;

/// How the learning rate moves after warm-up; the shapes that Transformers gives these names.
public enum Schedule {
  /// Down to zero on a straight line.
  LINEAR,
  /// Down to zero on half a cosine.
  COSINE,
  /// No change.
  CONSTANT,
  /// No change, then down to zero on a straight line over the last fifth: warm-up, stable, decay.
  /// (Hu et al. 2024, arXiv 2404.06395)
  WSD;

  private static final double DECAY_SHARE = 0.2;

  /// The factor on the base rate at a step, from 0: a ramp over `warmupSteps`, then the schedule
  /// over the rest.
  ///
  /// The first warm-up step has factor 0, as in Transformers.
  public double factor(long step, long warmupSteps, long totalSteps) {
    if (step < warmupSteps) {
      return (double) step / Math.max(1, warmupSteps);
    }
    double progress = (double) (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps);
    return switch (this) {
      case LINEAR -> Math.max(0, 1 - progress);
      case COSINE -> Math.max(0, 0.5 * (1 + Math.cos(Math.PI * progress)));
      case CONSTANT -> 1;
      case WSD -> Math.clamp((1 - progress) / DECAY_SHARE, 0, 1);
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
