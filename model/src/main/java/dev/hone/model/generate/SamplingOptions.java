package dev.hone.model.generate;

import dev.hone.model.UsageException;
import dev.hone.model.grammar.Grammar;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// How the next token is chosen and when to end. Names, meaning and order are those of
/// Transformers' `generate`: repetition penalty, temperature, top-k, top-p, min-p.
/// (`GenerationMixin._get_logits_processor`)
///
/// @param temperature divides the logits; 0 takes the likeliest token (greedy, where top-k, top-p
///   and min-p have nothing to choose from)
/// @param topK keeps so many of the likeliest tokens, and those that tie with the last; 0 keeps all
/// @param topP keeps the likeliest tokens whose probabilities add up to this, the token that
///   crosses it included; 1 keeps all (Holtzman et al. 2019, arXiv 1904.09751)
/// @param minP keeps tokens with at least this share of the likeliest one's probability; 0 keeps
///   all (Nguyen et al. 2024, arXiv 2407.01082)
/// @param repetitionPenalty divides positive and multiplies negative logits of tokens that the
///   prompt or the answer has already; 1 changes nothing (Keskar et al. 2019, arXiv 1909.05858)
/// @param seed of all random draws
/// @param maxTokens the most tokens to generate
/// @param stop strings that end the answer where they begin
/// @param stopIds tokens that end the answer; the model's end of sequence or of turn
/// @param grammar what the answer must be; empty where it's free. All tokens that lead out of it,
///   or to where the limit would cut it, are left out before anything else. So the answer is
///   complete, unless a stop string or the caller ends it
public record SamplingOptions(
    double temperature,
    int topK,
    double topP,
    double minP,
    double repetitionPenalty,
    long seed,
    int maxTokens,
    List<String> stop,
    Set<Integer> stopIds,
    Optional<Grammar> grammar) {

  public SamplingOptions {
    require(
        temperature == 0 || temperature >= 1e-4 && temperature <= 1e4,
        "temperature must be 0, or between 0.0001 and 10000",
        temperature,
        "0 always takes the likeliest token, 0.7 varies a little, 1 is the model's own"
            + " distribution");
    require(topK >= 0, "top-k must be 0 or more", topK, "0 keeps all tokens, 40 or 50 is usual");
    require(
        topP >= 0 && topP <= 1,
        "top-p must be between 0 and 1",
        topP,
        "1 keeps all tokens, 0.9 is usual");
    require(
        minP >= 0 && minP <= 1,
        "min-p must be between 0 and 1",
        minP,
        "0 keeps all tokens, 0.05 is usual");
    require(
        repetitionPenalty >= 0.01 && repetitionPenalty <= 100,
        "the repetition penalty must be between 0.01 and 100",
        repetitionPenalty,
        "1 changes nothing, 1.1 is usual");
    require(
        maxTokens >= 1,
        "the token limit must be 1 or more",
        maxTokens,
        "it counts the generated tokens");
    stop = List.copyOf(stop);
    stop.forEach(SamplingOptions::requireText);
    stopIds = Set.copyOf(stopIds);
  }

  private static void require(boolean holds, String rule, Number value, String hint) {
    if (!holds) throw new UsageException(rule + ", got " + value, hint);
  }

  private static void requireText(String stop) {
    if (stop.isEmpty()) {
      throw new UsageException(
          "a stop string is empty", "leave it out; every text contains the empty string");
    }
    if (stop.codePoints()
        .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
      throw new UsageException(
          "a stop string has half a character, a lone surrogate", "give whole characters");
    }
  }

  /// Always the likeliest token, and no stop but the limit.
  public static SamplingOptions greedy(int maxTokens) {
    return new SamplingOptions(0, 0, 1, 0, 1, 0, maxTokens, List.of(), Set.of(), Optional.empty());
  }

  public boolean isGreedy() {
    return temperature == 0;
  }

  public SamplingOptions withTemperature(double value) {
    return new SamplingOptions(
        value, topK, topP, minP, repetitionPenalty, seed, maxTokens, stop, stopIds, grammar);
  }

  public SamplingOptions withTopK(int value) {
    return new SamplingOptions(
        temperature, value, topP, minP, repetitionPenalty, seed, maxTokens, stop, stopIds, grammar);
  }

  public SamplingOptions withTopP(double value) {
    return new SamplingOptions(
        temperature, topK, value, minP, repetitionPenalty, seed, maxTokens, stop, stopIds, grammar);
  }

  public SamplingOptions withMinP(double value) {
    return new SamplingOptions(
        temperature, topK, topP, value, repetitionPenalty, seed, maxTokens, stop, stopIds, grammar);
  }

  public SamplingOptions withRepetitionPenalty(double value) {
    return new SamplingOptions(
        temperature, topK, topP, minP, value, seed, maxTokens, stop, stopIds, grammar);
  }

  public SamplingOptions withSeed(long value) {
    return new SamplingOptions(
        temperature, topK, topP, minP, repetitionPenalty, value, maxTokens, stop, stopIds, grammar);
  }

  public SamplingOptions withStop(List<String> value) {
    return new SamplingOptions(
        temperature, topK, topP, minP, repetitionPenalty, seed, maxTokens, value, stopIds, grammar);
  }

  public SamplingOptions withStopIds(Set<Integer> value) {
    return new SamplingOptions(
        temperature, topK, topP, minP, repetitionPenalty, seed, maxTokens, stop, value, grammar);
  }

  public SamplingOptions withGrammar(Grammar value) {
    return new SamplingOptions(
        temperature,
        topK,
        topP,
        minP,
        repetitionPenalty,
        seed,
        maxTokens,
        stop,
        stopIds,
        Optional.of(value));
  }
}
