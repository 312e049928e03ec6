package dev.hone.tune.pretrain;

import dev.hone.model.UsageException;

/// The shape of a new model, of the Llama architecture with tied embeddings.
///
/// @param vocabSize rows of the embedding
/// @param hiddenSize width of the residual stream
/// @param intermediateSize width inside the gated MLP
/// @param numLayers blocks
/// @param numHeads query heads per block
/// @param numKvHeads key and value heads per block
/// @param contextLength longest sequence, tokens
public record Architecture(
    int vocabSize,
    int hiddenSize,
    int intermediateSize,
    int numLayers,
    int numHeads,
    int numKvHeads,
    int contextLength) {
  public Architecture {
    if (TokenizerFiles.merges(vocabSize) < 1) {
      throw new UsageException(
          "--vocab-size %d has no room for 256 bytes and %d special tokens"
              .formatted(vocabSize, TokenizerFiles.SPECIAL.size()),
          "take some thousands");
    }
    if (hiddenSize % numHeads != 0 || hiddenSize / numHeads % 2 != 0) {
      throw new UsageException(
          "--width %d over --heads %d gives heads of no even width".formatted(hiddenSize, numHeads),
          "take a width that is a multiple of twice the heads");
    }
    if (numHeads % numKvHeads != 0) {
      throw new UsageException(
          "--heads %d is no multiple of --kv-heads %d".formatted(numHeads, numKvHeads),
          "take as many, or a half, a quarter, …");
    }
  }

  /// The same with another vocabulary.
  Architecture withVocabSize(int newVocabSize) {
    return new Architecture(
        newVocabSize, hiddenSize, intermediateSize, numLayers, numHeads, numKvHeads, contextLength);
  }
}
