package dev.hone.tune.run;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// What a run is about to do, and what it expects to need.
///
/// @param rows training rows
/// @param tokens tokens in them, cut to the longest length allowed
/// @param trainedTokens of these, learned from
/// @param heldOutRows rows held out
/// @param heldOutTokens targets among them
/// @param parameters of the model
/// @param trainedParameters of these, or beside these, trained
/// @param stepsPerEpoch optimiser steps
/// @param totalSteps over all epochs
/// @param stepsDone already taken, when resumed
/// @param learningRate peak rate
/// @param evalEvery steps between evaluations beside those at epoch ends; 0 for none
/// @param answers given at each evaluation; empty where no metric is measured
/// @param estimatedPeakBytes of memory: what the process holds now, plus every planned buffer, plus
///   a margin
/// @param availableBytes of memory on this machine
/// @param bytesWithoutRecomputation what it would be if activations were kept; empty where they are
/// @param memory planned bytes by purpose
/// @param estimatedSeconds from trial passes on the first rows, timed just now
/// @param tokensPerSecond of these passes
public record Plan(
    long rows,
    long tokens,
    long trainedTokens,
    long heldOutRows,
    long heldOutTokens,
    long parameters,
    long trainedParameters,
    long stepsPerEpoch,
    long totalSteps,
    long stepsDone,
    double learningRate,
    int evalEvery,
    Optional<Answers> answers,
    long estimatedPeakBytes,
    long availableBytes,
    OptionalLong bytesWithoutRecomputation,
    Map<String, Long> memory,
    double estimatedSeconds,
    double tokensPerSecond) {
  /// Answers to held-out rows.
  ///
  /// @param metric that measures them
  /// @param rows asked
  /// @param seconds that it takes each time, from a trial
  public record Answers(String metric, int rows, double seconds) {}
}
