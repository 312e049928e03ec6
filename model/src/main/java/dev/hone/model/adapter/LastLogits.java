package dev.hone.model.adapter;

import dev.hone.model.decoder.AdapterShape;
import dev.hone.model.decoder.Decoder;
import dev.hone.model.decoder.KvCache;
import dev.hone.model.decoder.Workspace;
import dev.hone.tensor.ArenaAllocator;
import java.lang.foreign.Arena;

/// What a decoder expects after a prompt, and how far two such answers lie apart.
final class LastLogits {
  private LastLogits() {}

  /// The logits after the last of `ids`, one per token of the vocabulary.
  ///
  /// @param shape the adapter that the decoder has, or one that it lacks; it only sizes scratch
  static float[] of(Decoder decoder, AdapterShape shape, int[] ids) {
    var config = decoder.config();
    try (var arena = Arena.ofConfined()) {
      var memory = new ArenaAllocator(arena);
      var cache = KvCache.allocate(memory, config, ids.length);
      var ws =
          Workspace.allocate(
              memory,
              config,
              decoder.baseDtype(),
              shape,
              Workspace.Mode.INFERENCE,
              ids.length,
              ids.length,
              0f);
      var logits = memory.f32("logits", 1, config.vocabSize());
      decoder.extend(ids, ids.length, cache, ws, logits);
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
