package dev.hone.model.checkpoint;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/// The shape of a decoder, from its `config.json`.
///
/// @param vocabSize rows of the embedding
/// @param hiddenSize width of the residual stream
/// @param intermediateSize width inside the gated MLP
/// @param numLayers decoder blocks
/// @param numHeads query heads per block
/// @param numKvHeads key and value heads per block; divides `numHeads`
/// @param headDim width of a head; even; `numHeads · headDim` need not be `hiddenSize`
/// @param maxPositionEmbeddings longest context, tokens
/// @param rmsNormEps added to the mean square before its root is taken
/// @param ropeTheta base of the rotary frequencies
/// @param ropeScaling stretching of the rotary angles
/// @param tieWordEmbeddings whether the output head is the embedding
/// @param form what its family does otherwise than Llama
/// @param bosTokenId begin of sequence; empty where the model has none
/// @param eosTokenIds each of these ends a generation
/// @param torchDtype what the checkpoint says that its weights are in: `float32`, `bfloat16`, …
public record ModelConfig(
    int vocabSize,
    int hiddenSize,
    int intermediateSize,
    int numLayers,
    int numHeads,
    int numKvHeads,
    int headDim,
    int maxPositionEmbeddings,
    double rmsNormEps,
    double ropeTheta,
    RopeScaling ropeScaling,
    boolean tieWordEmbeddings,
    BlockForm form,
    OptionalInt bosTokenId,
    List<Integer> eosTokenIds,
    String torchDtype) {

  public ModelConfig {
    if (numHeads % numKvHeads != 0) {
      throw new IllegalArgumentException(
          "num_attention_heads %d is no multiple of num_key_value_heads %d"
              .formatted(numHeads, numKvHeads));
    }
    if (headDim % 2 != 0)
      throw new IllegalArgumentException("head_dim %d is odd".formatted(headDim));
    if (form.rotaryDim() % 2 != 0 || form.rotaryDim() > headDim) {
      throw new IllegalArgumentException(
          "%d of the %d elements of a head are to be rotated".formatted(form.rotaryDim(), headDim));
    }
    if (ropeScaling instanceof RopeScaling.LongRope longRope
        && longRope.factors().size() != form.rotaryDim() / 2) {
      throw new IllegalArgumentException(
          "short_factor has %d numbers for %d frequencies"
              .formatted(longRope.factors().size(), form.rotaryDim() / 2));
    }
    if (form.layers().size() != numLayers) {
      throw new IllegalArgumentException(
          "%d layers, but forms of %d".formatted(numLayers, form.layers().size()));
    }
    eosTokenIds = List.copyOf(eosTokenIds);
  }

  /// Reads `config.json`.
  ///
  /// @throws dev.hone.model.UsageException for an architecture or a feature that Hone does not
  ///   support
  public static ModelConfig read(Path configJson) throws CheckpointException {
    return ConfigJson.parse(JsonFile.read(configJson));
  }

  /// Width of all query heads together.
  public int queryDim() {
    return numHeads * headDim;
  }

  /// Width of all key (or value) heads together.
  public int kvDim() {
    return numKvHeads * headDim;
  }
}
