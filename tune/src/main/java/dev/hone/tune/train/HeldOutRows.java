package dev.hone.tune.train;

/// What a model is measured on while it is trained.
@FunctionalInterface
public interface HeldOutRows {
  /// Measures the model as it is now; always the same for the same parameters.
  Measured measure();
}
