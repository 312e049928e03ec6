package dev.hone.model.checkpoint;

import java.util.List;

/// How rotary position angles are stretched beyond the context that the model was first trained on.
public sealed interface RopeScaling {
  /// What cosines and sines are multiplied by.
  default double attentionFactor() {
    return 1;
  }

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

    /// A frequency as the model turns by it: low ones, of long wavelengths, are divided by the
    /// factor, high ones kept, those between interpolated.
    public double scaled(double frequency) {
      double wavelength = 2 * Math.PI / frequency;
      double turns = originalMaxPositionEmbeddings / wavelength;
      if (turns > highFreqFactor) return frequency;
      if (turns < lowFreqFactor) return frequency / factor;
      double smooth = (turns - lowFreqFactor) / (highFreqFactor - lowFreqFactor);
      return (1 - smooth) * frequency / factor + smooth * frequency;
    }
  }

  /// Each frequency divided by a factor of its own. Models that have a second list, for contexts
  /// beyond the first training's, are offered without those: they would need every key computed
  /// again. (Ding et al. 2024, arXiv 2402.13753)
  ///
  /// @param factors half as many as elements of a head are rotated
  /// @param originalMaxPositionEmbeddings the context that they are good for, tokens
  record LongRope(List<Double> factors, int originalMaxPositionEmbeddings, double attentionFactor)
      implements RopeScaling {
    public LongRope {
      factors = List.copyOf(factors);
    }

    /// The attention factor where the file has none: `√(1 + ln(factor) / ln(original))`.
    static double attentionFactorOf(double factor, int original) {
      return factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original));
    }
  }

  /// Frequencies that turn fewer than `betaSlow` times in the original context divided by `factor`,
  /// those that turn more than `betaFast` times kept, those between blended by their number. (Peng
  /// et al. 2023, arXiv 2309.00071)
  ///
  /// @param isTruncated whether the blending begins and ends at whole numbers
  record Yarn(
      double factor,
      int originalMaxPositionEmbeddings,
      double betaFast,
      double betaSlow,
      boolean isTruncated,
      double attentionFactor)
      implements RopeScaling {
    /// The attention factor where the file has none: `0.1 · ln(factor) + 1`.
    static double attentionFactorOf(double factor, double scale) {
      return factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1;
    }
  }
}
