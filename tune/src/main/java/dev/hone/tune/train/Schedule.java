package dev.hone.tune.train;

import java.util.Locale;

/// How the learning rate moves after warm-up; the shapes that Transformers gives these names.
public enum Schedule {
  /// Down to zero on a straight line.
  LINEAR,
  /// Down to zero on half a cosine.
  COSINE,
  /// No change.
  CONSTANT;

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
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
