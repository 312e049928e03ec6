package dev.hone.tensor;

/// The negative log-likelihood of the targets, summed: never a mean, so that batching cannot change
/// it.
public final class CrossEntropy {
  private CrossEntropy() {}

  /// What one chunk of rows adds up to.
  ///
  /// @param lossSum in nats
  /// @param correct how many targets were the likeliest token
  public record Score(double lossSum, int correct) {
    public static final Score NONE = new Score(0, 0);

    public Score plus(Score other) {
      return new Score(lossSum + other.lossSum, correct + other.correct);
    }
  }

  /// Scores rows `0 … n` of the logits against `targets[from …]`.
  ///
  /// @param logits `(rows, V)`; left alone, or replaced by their gradient `weight ·
  ///   (softmax(logits) − onehot(target))`
  /// @param weights how many times each target counts
  public static Score forward(
      Tensor logits, int n, int[] targets, int[] weights, int from, boolean gradientInPlace) {
    Shapes.rows("crossEntropy", logits, n);
    double lossSum = 0;
    int correct = 0;
    for (int i = 0; i < n; i++) {
      int target = targets[from + i];
      int weight = weights[from + i];
      check(logits, target);
      long at = logits.at(i);
      double lse = Kernels.BEST.logSumExp(logits.data(), at, logits.cols());
      lossSum += weight * (lse - logits.get(i, target));
      correct += Kernels.BEST.argMax(logits.data(), at, logits.cols()) == target ? weight : 0;
      if (gradientInPlace) {
        Kernels.BEST.softmaxOf(logits.data(), at, logits.cols(), (float) lse);
        logits.set(i, target, logits.get(i, target) - 1f);
        if (weight != 1) {
          Kernels.BEST.scale(logits.data(), at, logits.cols(), weight);
        }
      }
    }
    return new Score(lossSum, correct);
  }

  private static void check(Tensor logits, int target) {
    if (target < 0 || target >= logits.cols()) {
      throw new ShapeException(
          "crossEntropy", "target %d is no column of logits %s".formatted(target, logits.shape()));
    }
  }
}
