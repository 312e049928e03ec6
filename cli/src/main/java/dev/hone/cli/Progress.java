package dev.hone.cli;

import java.util.OptionalDouble;

/// Where a training run is.
///
/// @param step steps taken
/// @param totalSteps of the run
/// @param epoch from 1
/// @param loss nats per token, smoothed
/// @param heldOutLoss of the latest evaluation
/// @param tokensPerSecond lately
/// @param secondsLeft at the pace so far
record Progress(
    long step,
    long totalSteps,
    int epoch,
    double loss,
    OptionalDouble heldOutLoss,
    double tokensPerSecond,
    double secondsLeft) {

  /// `loss 2.3451, held-out 2.5120, 4,321 tokens/s`
  String measures() {
    var text = new StringBuilder("loss ").append(Numbers.loss(loss));
    heldOutLoss.ifPresent(value -> text.append(", held-out ").append(Numbers.loss(value)));
    return text.append(", ").append(Numbers.rate(tokensPerSecond)).append(" tokens/s").toString();
  }
}
