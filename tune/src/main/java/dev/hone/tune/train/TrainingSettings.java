package dev.hone.tune.train;

import dev.hone.tune.data.Packing;

/// What the training loop needs to know. What it trains is given by the parameters, not here.
///
/// @param epochs passes over the training rows
/// @param batchSize rows per optimiser step
/// @param microBatchTokens tokens that run through the model at once; with the batch it fixes the
///   tree of sums, so it changes bits but not results
/// @param sharesPrefixes whether rows that begin alike compute that once per pass; when training,
///   only without dropout, whose masks such rows would share
/// @param learningRate peak rate
/// @param schedule shape after warm-up
/// @param warmupRatio share of all steps spent on the ramp
/// @param weightDecay on matrices only, apart from the gradient
/// @param beta1 AdamW's
/// @param beta2 AdamW's
/// @param epsilon AdamW's
/// @param clipNorm largest global gradient norm; 0 turns clipping off
/// @param dropout on what an adapter sees
/// @param evalEvery steps between evaluations; 0 for at epoch ends only
/// @param patience stop after so many evaluations without a better loss, or a better metric where
///   one is measured; 0 never
/// @param checkpointEvery steps between checkpoints
/// @param seed for the order of rows, dropout and the adapter's start
public record TrainingSettings(
    int epochs,
    int batchSize,
    int microBatchTokens,
    boolean sharesPrefixes,
    double learningRate,
    Schedule schedule,
    double warmupRatio,
    double weightDecay,
    double beta1,
    double beta2,
    double epsilon,
    double clipNorm,
    float dropout,
    int evalEvery,
    int patience,
    int checkpointEvery,
    long seed) {
  public TrainingSettings {
    atLeast("epochs", epochs, 1);
    atLeast("batch size", batchSize, 1);
    atLeast("micro-batch tokens", microBatchTokens, 1);
    atLeast("eval every", evalEvery, 0);
    atLeast("patience", patience, 0);
    atLeast("checkpoint every", checkpointEvery, 0);
    inRange("learning rate", learningRate, Double.MIN_VALUE, 10);
    inRange("warmup ratio", warmupRatio, 0, 1);
    inRange("weight decay", weightDecay, 0, 10);
    inRange("clip norm", clipNorm, 0, Double.MAX_VALUE);
    inRange("dropout", dropout, 0, 0.99);
  }

  private static void atLeast(String what, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(
          "%s must be at least %d, got %d".formatted(what, least, value));
    }
  }

  private static void inRange(String what, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          "%s must be between %s and %s, got %s".formatted(what, least, most, value));
    }
  }

  /// How the rows of a step are packed.
  public Packing packing() {
    return new Packing(microBatchTokens, sharesPrefixes && dropout == 0f);
  }

  /// How rows are packed that are only scored: nothing is dropped there.
  public Packing scoringPacking() {
    return new Packing(microBatchTokens, sharesPrefixes);
  }

  /// Warm-up steps, rounded up as Transformers does; at least one step is left after them, since
  /// the first has rate 0.
  public long warmupSteps(long totalSteps) {
    return Math.min(totalSteps - 1, (long) Math.ceil(warmupRatio * totalSteps));
  }

  /// The learning rate of a step, from 0.
  public double learningRate(long step, long totalSteps) {
    return learningRate * schedule.factor(step, warmupSteps(totalSteps), totalSteps);
  }
}
