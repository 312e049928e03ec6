package dev.hone.tune.train;

/// Where a run stands after some steps; with the parameters and moments beside it, all that going
/// on needs.
///
/// Everything random is drawn from the seed and the step, so there is no generator whose state
/// would have to be kept.
///
/// @param step optimiser steps taken
/// @param bestStep the step with the least held-out loss so far; -1 before the first evaluation
/// @param bestLoss that loss, nats per token
/// @param worseInARow evaluations since the best one
/// @param trainedTokens targets learned from so far
/// @param tokens tokens run through the model so far
/// @param seconds time spent training so far
/// @param before held-out score before the first step
/// @param probeBefore general-ability score before the first step
/// @param fingerprint what the bytes depend on beside the input, see [#fingerprint]
public record RunState(
    long step,
    long bestStep,
    double bestLoss,
    int worseInARow,
    long trainedTokens,
    long tokens,
    double seconds,
    Evaluation before,
    Evaluation probeBefore,
    String fingerprint) {

  public static RunState start(Evaluation before, Evaluation probeBefore, String fingerprint) {
    return new RunState(0, -1, Double.MAX_VALUE, 0, 0, 0, 0, before, probeBefore, fingerprint);
  }

  RunState afterStep(Evaluation batch, long batchTokens, double moreSeconds) {
    return new RunState(
        step + 1,
        bestStep,
        bestLoss,
        worseInARow,
        trainedTokens + batch.tokens(),
        tokens + batchTokens,
        seconds + moreSeconds,
        before,
        probeBefore,
        fingerprint);
  }

  RunState afterEvaluation(Evaluation heldOut) {
    double loss = heldOut.loss();
    boolean better = loss < bestLoss;
    return new RunState(
        step,
        better ? step : bestStep,
        better ? loss : bestLoss,
        better ? 0 : worseInARow + 1,
        trainedTokens,
        tokens,
        seconds,
        before,
        probeBefore,
        fingerprint);
  }

  public RunState withFingerprint(String other) {
    return new RunState(
        step,
        bestStep,
        bestLoss,
        worseInARow,
        trainedTokens,
        tokens,
        seconds,
        before,
        probeBefore,
        other);
  }
}
