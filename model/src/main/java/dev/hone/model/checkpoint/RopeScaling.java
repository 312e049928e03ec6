package dev.hone.model.checkpoint;

/// How rotary position angles are stretched beyond the context that the model was first trained on.
public sealed interface RopeScaling {
  /// Not at all.
  record None() implements RopeScaling {}

  /// Positions divided by `factor`.
  record Linear(double factor) implements RopeScaling {}

  /// Llama 3.1's: low frequencies divided by `factor`, high ones kept, those between blended.
  ///
  /// @param factor divisor of the low frequencies
  /// @param lowFreqFactor wavelengths above `originalMaxPositionEmbeddings / lowFreqFactor` are low
  /// @param highFreqFactor wavelengths below `originalMaxPositionEmbeddings / highFreqFactor` are
  ///   high
  /// @param originalMaxPositionEmbeddings the context before stretching, tokens
  record Llama3(
      double factor, double lowFreqFactor, double highFreqFactor, int originalMaxPositionEmbeddings)
      implements RopeScaling {
    public Llama3 {
      if (highFreqFactor <= lowFreqFactor) {
        throw new IllegalArgumentException(
            "high_freq_factor %s must be above low_freq_factor %s"
                .formatted(highFreqFactor, lowFreqFactor));
      }
    }
  }
}
