package dev.hone.tune.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.OptionalDouble;

/// Where a run stands after some steps; with the parameters and moments beside it, all that going
/// on needs.
///
/// Everything random is drawn from the seed and the step, so there is no generator whose state
/// would have to be kept.
///
/// @param step optimiser steps taken
/// @param bestStep the best step so far: with the greatest metric where one is measured, of these
///   with the least held-out loss, of these the first; -1 before the first evaluation
/// @param bestLoss its loss, nats per token
/// @param bestMetric its metric; empty where none is measured
/// @param worseInARow evaluations since the last one with a greater metric than ever before; or
///   with a smaller loss, where none is measured or it has not risen yet
/// @param trainedTokens targets learned from so far
/// @param tokens tokens run through the model so far
/// @param seconds time spent training so far
/// @param before held-out score before the first step
/// @param metricBefore metric before the first step; empty where none is measured
/// @param probeBefore general-ability score before the first step
/// @param fingerprint what the bytes depend on beside the input, see [#fingerprint]
public record RunState(
    long step,
    long bestStep,
    double bestLoss,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) OptionalDouble bestMetric,
    int worseInARow,
    long trainedTokens,
    long tokens,
    double seconds,
    Evaluation before,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) OptionalDouble metricBefore,
    Evaluation probeBefore,
    String fingerprint) {

  public static RunState start(Measured before, Evaluation probeBefore, String fingerprint) {
    return new RunState(
        0,
        -1,
        Double.MAX_VALUE,
        OptionalDouble.empty(),
        0,
        0,
        0,
        0,
        before.evaluation(),
        before.metric(),
        probeBefore,
        fingerprint);
  }

  /// Held-out score and metric before the first step.
  public Measured measuredBefore() {
    return new Measured(before, metricBefore);
  }

  RunState afterStep(Evaluation batch, long batchTokens, double moreSeconds) {
    return new RunState(
        step + 1,
        bestStep,
        bestLoss,
        bestMetric,
        worseInARow,
        trainedTokens + batch.tokens(),
        tokens + batchTokens,
        seconds + moreSeconds,
        before,
        metricBefore,
        probeBefore,
        fingerprint);
  }

  RunState afterEvaluation(Measured heldOut) {
    double loss = heldOut.evaluation().loss();
    int byMetric = Double.compare(metric(heldOut.metric()), metric(bestMetric));
    boolean isBest = byMetric > 0 || byMetric == 0 && loss < bestLoss;
    boolean hasRisen = metric(bestMetric) > metric(metricBefore);
    boolean isProgress = byMetric > 0 || isBest && !hasRisen;
    return new RunState(
        step,
        isBest ? step : bestStep,
        isBest ? loss : bestLoss,
        isBest ? heldOut.metric() : bestMetric,
        isProgress ? 0 : worseInARow + 1,
        trainedTokens,
        tokens,
        seconds,
        before,
        metricBefore,
        probeBefore,
        fingerprint);
  }

  private static double metric(OptionalDouble value) {
    return value.orElse(Double.NEGATIVE_INFINITY);
  }

  public RunState withFingerprint(String other) {
    return new RunState(
        step,
        bestStep,
        bestLoss,
        bestMetric,
        worseInARow,
        trainedTokens,
        tokens,
        seconds,
        before,
        metricBefore,
        probeBefore,
        other);
  }
}
