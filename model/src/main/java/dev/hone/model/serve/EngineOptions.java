package dev.hone.model.serve;

import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.decoder.KvPages;

/// How much an [Engine] takes on.
///
/// @param contextLength the most tokens of a prompt and its answer
/// @param cacheTokens tokens whose keys and values are in memory, of all requests together; the
///   context at least
/// @param maxRunning requests that are answered at the same time
/// @param maxQueued requests that wait; more are refused
/// @param promptRows tokens of prompts in one pass, beside those of answers: fewer let answers flow
///   more evenly, more get prompts done sooner
/// @param maxRank of any adapter
/// @param adapterBytes of all adapters in memory
public record EngineOptions(
    int contextLength,
    int cacheTokens,
    int maxRunning,
    int maxQueued,
    int promptRows,
    int maxRank,
    long adapterBytes) {
  public EngineOptions {
    requirePositive("context length", contextLength);
    requirePositive("running requests", maxRunning);
    requirePositive("queue", maxQueued);
    requirePositive("rows of prompts", promptRows);
    requirePositive("rank", maxRank);
    if (cacheTokens < contextLength) {
      throw new IllegalArgumentException(
          "a cache of %d tokens for a context of %d".formatted(cacheTokens, contextLength));
    }
  }

  private static void requirePositive(String what, int value) {
    if (value < 1) throw new IllegalArgumentException(what + " must be >= 1, got " + value);
  }

  /// For 32 requests at a time, with room for 8 of the whole context.
  public static EngineOptions of(int contextLength) {
    return new EngineOptions(
        contextLength, Math.multiplyExact(8, contextLength), 32, 256, 128, 64, 1L << 30);
  }

  /// With as many tokens in the cache as so many bytes hold, a context at least.
  public EngineOptions withCacheBytes(long bytes, ModelConfig config) {
    long tokens = bytes / KvPages.pageBytes(config) * KvPages.TOKENS;
    return withCacheTokens(Math.clamp(tokens, contextLength, Integer.MAX_VALUE / 2));
  }

  public EngineOptions withCacheTokens(int value) {
    return new EngineOptions(
        contextLength, value, maxRunning, maxQueued, promptRows, maxRank, adapterBytes);
  }

  public EngineOptions withMaxRunning(int value) {
    return new EngineOptions(
        contextLength, cacheTokens, value, maxQueued, promptRows, maxRank, adapterBytes);
  }

  public EngineOptions withMaxQueued(int value) {
    return new EngineOptions(
        contextLength, cacheTokens, maxRunning, value, promptRows, maxRank, adapterBytes);
  }

  public EngineOptions withPromptRows(int value) {
    return new EngineOptions(
        contextLength, cacheTokens, maxRunning, maxQueued, value, maxRank, adapterBytes);
  }

  public EngineOptions withAdapterBytes(long value) {
    return new EngineOptions(
        contextLength, cacheTokens, maxRunning, maxQueued, promptRows, maxRank, value);
  }

  int pages() {
    return KvPages.count(cacheTokens);
  }
}
