package dev.hone.model.generate;

import java.time.Duration;
import java.util.List;

/// What a generation gave.
///
/// @param text all that was streamed; nothing of a stop string
/// @param ids the generated tokens in front of a stop id; those of a stop string included
/// @param finishReason why it ended
/// @param promptTokens tokens of the prompt
/// @param reusedTokens how many of those the cache still held from the generation before
/// @param generatedTokens sampled tokens, a stop id included
/// @param prefill time for the prompt
/// @param decode time for the generated tokens
public record Generation(
    String text,
    List<Integer> ids,
    FinishReason finishReason,
    int promptTokens,
    int reusedTokens,
    int generatedTokens,
    Duration prefill,
    Duration decode) {
  public Generation {
    ids = List.copyOf(ids);
  }
}
