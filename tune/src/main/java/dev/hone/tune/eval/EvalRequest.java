package dev.hone.tune.eval;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.decoder.BaseDtype;
import dev.hone.model.language.LanguageModel;
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
    int threads) {

  /// Opens the model, for sequences as long as it allows; whoever calls closes it.
  LanguageModel open() throws CheckpointException {
    return LanguageModel.open(base, adapter, baseDtype, Integer.MAX_VALUE);
  }

  /// What is wrong with a line of the file.
  UsageException refusal(long line, String what, String cure) {
    return new UsageException("%s:%d: %s".formatted(data.file(), line, what), cure);
  }
}
