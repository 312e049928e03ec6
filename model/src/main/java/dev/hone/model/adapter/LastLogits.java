package dev.hone.model.adapter;

import dev.hone.model.decoder.AdapterShape;
import dev.hone.model.decoder.CachedDecoder;
import dev.hone.model.decoder.Decoder;
import dev.hone.tensor.ArenaAllocator;
import dev.hone.tensor.Workers;
import java.lang.foreign.Arena;

/// What a decoder expects after a prompt, and how far two such answers lie apart.
final class LastLogits {
  private LastLogits() {}

  /// The logits after the last of `ids`, one per token of the vocabulary.
  ///
  /// @param shape the adapter that the decoder has, or one that it lacks; it only sizes scratch
  static float[] of(Decoder decoder, AdapterShape shape, int[] ids) {
    try (var arena = Arena.ofConfined();
        var alone = new Workers(1)) {
      var memory = new ArenaAllocator(arena);
      var logits = memory.f32("logits", 1, decoder.config().vocabSize());
      CachedDecoder.allocate(memory, decoder, shape, ids.length, ids.length, alone)
          .extend(ids, ids.length, logits);
      return logits.toArray();
    }
  }

  static boolean areFinite(float[] logits) {
    for (float logit : logits) {
      if (!Float.isFinite(logit)) {
        return false;
      }
    }
    return true;
  }

  /// `max|expected − actual| / max|expected|`; NaN where either has one, so that no limit holds.
  static double relativeError(float[] expected, float[] actual) {
    double difference = 0;
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      difference = Math.max(difference, Math.abs((double) expected[i] - actual[i]));
      largest = Math.max(largest, Math.abs(expected[i]));
    }
    return difference == 0 ? 0 : difference / largest;
  }
}
