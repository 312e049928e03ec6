package dev.hone.cli;

/// A weighted mean in which older values fade: each new one shrinks what came before by `exp(−1 /
/// window)`.
final class MovingAverage {
  private final double decay;
  private double sum;
  private double weights;

  /// @param window after how many values an old one has faded to 37 %
  MovingAverage(double window) {
    this.decay = Math.exp(-1 / window);
  }

  /// Takes a value and gives the mean with it.
  double add(double value, double weight) {
    sum = decay * sum + weight * value;
    weights = decay * weights + weight;
    return value();
  }

  double value() {
    return sum / weights;
  }

  /// How much to smooth a run of so many steps: a fiftieth of them, but enough to see something.
  static MovingAverage forSteps(long totalSteps) {
    return new MovingAverage(Math.clamp(totalSteps / 50.0, 3, 100));
  }
}
