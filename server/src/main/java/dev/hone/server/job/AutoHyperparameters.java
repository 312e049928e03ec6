package dev.hone.server.job;

import dev.hone.server.api.Hyperparameters;
import dev.hone.tune.run.AutoEpochs;
import dev.hone.tune.run.TuneRequest;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/// What `auto` means.
final class AutoHyperparameters {
  private AutoHyperparameters() {}

  /// With nothing left open.
  ///
  /// @param examples in the training file
  static Hyperparameters decide(Hyperparameters asked, long examples) {
    return new Hyperparameters(
        OptionalInt.of(asked.epochs().orElseGet(() -> AutoEpochs.of(examples))),
        OptionalInt.of(asked.batchSize().orElse(TuneRequest.Hyper.DEFAULT.batchSize())),
        OptionalDouble.of(asked.learningRateMultiplier().orElse(1)));
  }
}
