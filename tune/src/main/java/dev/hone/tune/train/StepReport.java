package dev.hone.tune.train;

/// One optimiser step as it went.
///
/// @param step from 1
/// @param totalSteps of the run
/// @param epoch from 1
/// @param loss nats per trained token of the batch
/// @param tokenAccuracy share of the batch's targets that were the likeliest token
/// @param gradientNorm global, before clipping
/// @param learningRate used for the step
/// @param trainedTokens targets in the batch
/// @param tokens tokens in the batch
/// @param seconds how long the step took
public record StepReport(
    long step,
    long totalSteps,
    int epoch,
    double loss,
    double tokenAccuracy,
    double gradientNorm,
    double learningRate,
    long trainedTokens,
    long tokens,
    double seconds) {}
