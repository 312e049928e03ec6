package dev.hone.model.decoder;

import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.checkpoint.RopeScaling;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.Rope;
import dev.hone.tensor.Tensor;

/// Cosines and sines of every position up to the longest sequence.
///
/// @param cos `(positions, D / 2)`
/// @param sin `(positions, D / 2)`
record RopeTables(Tensor cos, Tensor sin) {
  static RopeTables allocate(Allocator memory, ModelConfig config, int positions) {
    return new RopeTables(
        memory.f32("rotary tables", positions, config.headDim() / 2),
        memory.f32("rotary tables", positions, config.headDim() / 2));
  }

  static RopeTables of(Allocator memory, ModelConfig config, int positions) {
    var tables = allocate(memory, config, positions);
    Rope.tables(inverseFrequencies(config), tables.cos, tables.sin);
    return tables;
  }

  /// `θ^(−2i/D)`, scaled as the config says. Rounded to float32 at the steps where Transformers
  /// rounds: at position 500 one unit in the last place of a frequency would already show in the
  /// logits.
  static double[] inverseFrequencies(ModelConfig config) {
    var frequencies = new double[config.headDim() / 2];
    for (int i = 0; i < frequencies.length; i++) {
      float exponent = 2f * i / config.headDim();
      float frequency = 1f / (float) Math.pow(config.ropeTheta(), exponent);
      frequencies[i] = (float) scaled(frequency, config.ropeScaling());
    }
    return frequencies;
  }

  private static double scaled(double frequency, RopeScaling scaling) {
    return switch (scaling) {
      case RopeScaling.None() -> frequency;
      case RopeScaling.Linear(var factor) -> frequency / factor;
      case RopeScaling.Llama3 llama3 -> llama3Scaled(frequency, llama3);
    };
  }

  /// Long wavelengths are stretched by the factor, short ones kept, those between interpolated.
  /// (Llama 3.1)
  private static double llama3Scaled(double frequency, RopeScaling.Llama3 s) {
    double context = s.originalMaxPositionEmbeddings();
    double wavelength = 2 * Math.PI / frequency;
    if (wavelength < context / s.highFreqFactor()) {
      return frequency;
    }
    if (wavelength > context / s.lowFreqFactor()) {
      return frequency / s.factor();
    }
    double smooth =
        (context / wavelength - s.lowFreqFactor()) / (s.highFreqFactor() - s.lowFreqFactor());
    return (1 - smooth) * frequency / s.factor() + smooth * frequency;
  }
}
