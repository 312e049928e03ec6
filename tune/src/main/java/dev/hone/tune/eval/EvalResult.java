package dev.hone.tune.eval;

import dev.hone.tune.train.Evaluation;

/// How a model does on a file.
///
/// @param evaluation over all its rows
/// @param rows scored
/// @param tokens run through the model, prompts included
/// @param seconds for the passes alone
public record EvalResult(Evaluation evaluation, long rows, long tokens, double seconds) {}
