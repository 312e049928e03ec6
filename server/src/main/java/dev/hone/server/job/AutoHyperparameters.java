package dev.hone.server.job;

import dev.hone.server.api.Hyperparameters;
import dev.hone.tune.run.TuneRequest;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/// What `auto` means.
final class AutoHyperparameters {
  private static final int TARGET_EPOCHS = 3;
  private static final int MOST_EPOCHS = 25;
  private static final long LEAST_EXAMPLES = 100;
  private static final long MOST_EXAMPLES = 25_000;

  private AutoHyperparameters() {}

  /// With nothing left open.
  ///
  /// @param examples in the training file
  static Hyperparameters decide(Hyperparameters asked, long examples) {
    return new Hyperparameters(
        OptionalInt.of(asked.epochs().orElseGet(() -> epochs(examples))),
        OptionalInt.of(asked.batchSize().orElse(TuneRequest.Hyper.DEFAULT.batchSize())),
        OptionalDouble.of(asked.learningRateMultiplier().orElse(1)));
  }

  /// Three, unless that makes fewer than a hundred or more than 25,000 examples seen: the rule of
  /// OpenAI's cookbook.
  static int epochs(long examples) {
    if (examples * TARGET_EPOCHS < LEAST_EXAMPLES) {
      return (int) Math.min(MOST_EPOCHS, LEAST_EXAMPLES / examples);
    }
    if (examples * TARGET_EPOCHS > MOST_EXAMPLES) {
      return (int) Math.max(1, MOST_EXAMPLES / examples);
    }
    return TARGET_EPOCHS;
  }
}
