package dev.hone.tune.eval;

import dev.hone.model.decoder.BaseDtype;
import dev.hone.tune.data.Source;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/// What the user asks of `hone eval`.
///
/// @param base the checkpoint's directory
/// @param adapter an adapter for it
/// @param baseDtype what the base is kept in; where empty, as the adapter was trained
/// @param data rows to score
/// @param maxLength tokens of an example that are kept; the model's context where empty
/// @param scoresPrompts whether every token is scored, not the answers alone
/// @param threads workers
public record EvalRequest(
    Path base,
    Optional<Path> adapter,
    Optional<BaseDtype> baseDtype,
    Source data,
    OptionalInt maxLength,
    boolean scoresPrompts,
    int threads) {}
