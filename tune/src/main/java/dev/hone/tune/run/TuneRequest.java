package dev.hone.tune.run;

import dev.hone.model.decoder.BaseDtype;
import dev.hone.tune.answer.AnswerScorer;
import dev.hone.tune.data.Source;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/// What the user asks of `hone tune`. What is empty is chosen by the run and reported in its
/// summary.
///
/// @param base the checkpoint's directory
/// @param train training rows
/// @param valid held-out rows; where empty, a part of the training rows is held out
/// @param out where the result goes; must be empty unless resumed
/// @param method what is trained
/// @param baseDtype what the frozen base is kept in; float32 where it is trained
/// @param hyper the loop's settings
/// @param maxLength tokens of an example that are kept
/// @param trainsOnPrompt whether every token is learned, not the answers alone
/// @param threads workers
/// @param isResumed whether the run in `out` goes on
/// @param probe text whose loss shows what is forgotten; where empty, a small built-in one
/// @param metric of the model's answers, which then chooses the best step; where empty, the
///   held-out loss does
public record TuneRequest(
    Path base,
    Source train,
    Optional<Source> valid,
    Path out,
    Method method,
    BaseDtype baseDtype,
    Hyper hyper,
    OptionalInt maxLength,
    boolean trainsOnPrompt,
    int threads,
    boolean isResumed,
    Optional<Path> probe,
    Optional<Metric> metric) {

  /// A measure of the answers that the model gives to held-out rows.
  ///
  /// @param rows answered at each evaluation, at most
  /// @param maxTokens the most tokens of an answer; where empty, room for nearly all that are
  ///   expected
  public record Metric(AnswerScorer scorer, int rows, OptionalInt maxTokens) {
    public Metric {
      if (rows < 1) {
        throw new IllegalArgumentException("a metric needs at least 1 row, got " + rows);
      }
    }
  }

  /// The same by another measure.
  public TuneRequest withMetric(Metric other) {
    return new TuneRequest(
        base,
        train,
        valid,
        out,
        method,
        baseDtype,
        hyper,
        maxLength,
        trainsOnPrompt,
        threads,
        isResumed,
        probe,
        Optional.of(other));
  }

  /// The loop's settings as a user gives them.
  ///
  /// @param learningRate peak rate; where empty, by method and model size
  /// @param microBatchTokens tokens that run through the model at once
  /// @param sharesPrefixes whether rows that begin alike compute that once per pass
  /// @param evalEvery steps between evaluations; where empty, so that they stay cheap; 0 at epoch
  ///   ends only
  /// @param patience evaluations without a better loss, or a better metric where one is measured,
  ///   after which to stop; 0 never
  /// @param checkpointEvery steps between checkpoints; 0 every few seconds
  public record Hyper(
      OptionalDouble learningRate,
      int epochs,
      int batchSize,
      int microBatchTokens,
      boolean sharesPrefixes,
      dev.hone.tune.train.Schedule schedule,
      double warmupRatio,
      double weightDecay,
      double beta2,
      double clipNorm,
      Recompute recompute,
      OptionalInt evalEvery,
      int patience,
      int checkpointEvery,
      long seed) {
    /// What `hone tune` does when nothing is said.
    public static final Hyper DEFAULT =
        new Hyper(
            OptionalDouble.empty(),
            3,
            16,
            512,
            true,
            dev.hone.tune.train.Schedule.LINEAR,
            0.03,
            0.0,
            0.999,
            1.0,
            Recompute.AUTO,
            OptionalInt.empty(),
            0,
            0,
            1);

    public Hyper withEpochs(int other) {
      return new Hyper(
          learningRate,
          other,
          batchSize,
          microBatchTokens,
          sharesPrefixes,
          schedule,
          warmupRatio,
          weightDecay,
          beta2,
          clipNorm,
          recompute,
          evalEvery,
          patience,
          checkpointEvery,
          seed);
    }
  }
}
