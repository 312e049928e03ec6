package dev.hone.model.checkpoint;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// What `generation_config.json` says of how the model's authors sample from it.
///
/// @param bosTokenId begin of sequence, where the file gives one
/// @param eosTokenIds each of these ends a generation; empty where the file gives none
/// @param doSample whether they sample at all; greedy otherwise
/// @param temperature where given
/// @param topP where given
/// @param topK where given
public record GenerationConfig(
    OptionalInt bosTokenId,
    List<Integer> eosTokenIds,
    Optional<Boolean> doSample,
    Optional<Double> temperature,
    Optional<Double> topP,
    OptionalInt topK) {
  /// That of a directory without the file.
  public static final GenerationConfig ABSENT =
      new GenerationConfig(
          OptionalInt.empty(),
          List.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          OptionalInt.empty());

  public GenerationConfig {
    eosTokenIds = List.copyOf(eosTokenIds);
  }

  static GenerationConfig parse(JsonObject json, int vocabSize) throws CheckpointException {
    return new GenerationConfig(
        json.optionalInteger("bos_token_id", 0, vocabSize - 1),
        json.integers("eos_token_id", 0, vocabSize - 1),
        json.has("do_sample") ? Optional.of(json.bool("do_sample", false)) : Optional.empty(),
        json.number("temperature"),
        json.number("top_p"),
        json.optionalInteger("top_k", 0, Integer.MAX_VALUE));
  }
}
