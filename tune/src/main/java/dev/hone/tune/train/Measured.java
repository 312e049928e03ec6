package dev.hone.tune.train;

import java.util.OptionalDouble;

/// How a model does on the held-out rows.
///
/// @param evaluation of their loss
/// @param metric of the answers that the model gives, the more the better; empty where none is
///   asked for
public record Measured(Evaluation evaluation, OptionalDouble metric) {}
