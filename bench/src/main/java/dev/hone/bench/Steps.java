package dev.hone.bench;

/// Something that takes one step after the other.
interface Steps {
  /// Takes a step.
  ///
  /// @param step from 0
  Outcome step(int step);

  /// What a step gave.
  ///
  /// @param loss nats per trained token; NaN where none is computed
  /// @param gradientNorm before clipping; NaN where none is computed
  record Outcome(double loss, double gradientNorm) {
    static final Outcome NONE = new Outcome(Double.NaN, Double.NaN);
  }
}
