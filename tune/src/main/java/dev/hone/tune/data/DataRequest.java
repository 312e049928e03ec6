package dev.hone.tune.data;

import java.nio.file.Path;
import java.util.Optional;

/// What a run asks of its data.
///
/// @param train the training file
/// @param valid the held-out file; where empty, a part of the training file is held out
/// @param maxLength tokens of an example that are kept
/// @param trainsOnPrompt whether every token is learned, not the answers alone
/// @param seed the run's seed, which the split depends on
/// @param rendererFingerprint what the token ids depend on beside the data: tokenizer and template
/// @param runDirectory where the tokens and the split are kept; must exist
/// @param isResumed whether the run goes on: its split stays, and tokens are made again only where
///   they must
public record DataRequest(
    Source train,
    Optional<Source> valid,
    int maxLength,
    boolean trainsOnPrompt,
    long seed,
    String rendererFingerprint,
    Path runDirectory,
    boolean isResumed) {}
