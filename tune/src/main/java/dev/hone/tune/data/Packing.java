package dev.hone.tune.data;

/// How the rows of a step, or of an evaluation, are packed into passes.
///
/// @param microBatchTokens tokens that run through the model at once; a longer row runs alone
/// @param sharesPrefixes whether what rows have in common at their beginning is computed once per
///   pass
public record Packing(int microBatchTokens, boolean sharesPrefixes) {
  public Packing {
    if (microBatchTokens < 1) {
      throw new IllegalArgumentException(
          "micro-batch tokens must be at least 1, got " + microBatchTokens);
    }
  }
}
