package dev.hone.tune.train;

import dev.hone.tensor.CrossEntropy.Score;

/// How well a model predicts a set of targets.
///
/// @param lossSum negative log-likelihood in nats, summed
/// @param tokens targets
/// @param correct targets that were the likeliest token
/// @param targetBytes UTF-8 bytes of the text behind the targets
public record Evaluation(double lossSum, long tokens, long correct, long targetBytes) {
  static final Evaluation NONE = new Evaluation(0, 0, 0, 0);

  static Evaluation of(Score score, long tokens, long targetBytes) {
    return new Evaluation(score.lossSum(), tokens, score.correct(), targetBytes);
  }

  Evaluation plus(Evaluation other) {
    return new Evaluation(
        lossSum + other.lossSum,
        tokens + other.tokens,
        correct + other.correct,
        targetBytes + other.targetBytes);
  }

  /// Nats per token.
  public double loss() {
    return lossSum / tokens;
  }

  public double perplexity() {
    return Math.exp(loss());
  }

  /// Bits per byte of the text behind the targets; end-of-turn tokens count in the bits and have no
  /// bytes.
  public double bitsPerByte() {
    return lossSum / Math.log(2) / targetBytes;
  }

  /// Share of targets that were the likeliest token.
  public double tokenAccuracy() {
    return (double) correct / tokens;
  }
}
