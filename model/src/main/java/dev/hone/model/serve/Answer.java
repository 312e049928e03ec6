package dev.hone.model.serve;

import dev.hone.model.generate.Generation;
import java.util.List;

/// What a request gave.
///
/// @param generation as from a generator; `reusedTokens` counts what other requests had computed
/// @param scores of every sampled token, where the request asks for them
public record Answer(Generation generation, List<TokenScore> scores) {
  public Answer {
    scores = List.copyOf(scores);
  }
}
