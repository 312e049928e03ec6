package dev.hone.model.serve;

import dev.hone.model.decoder.AdapterShape;
import dev.hone.model.decoder.Decoder;
import dev.hone.model.decoder.LinearLayer;
import dev.hone.model.decoder.PackedAdapter;
import dev.hone.model.decoder.ParameterSet;
import dev.hone.model.generate.TinyModel;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.ArenaAllocator;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/// Adapters of rank 3 on all linear layers, one of them with magnitudes, and rows of some tokens,
/// strong enough to change most answers.
final class RandomAdapter {
  private RandomAdapter() {}

  static AdapterSource source(TinyModel model, long seed) {
    return memory -> {
      try (var arena = Arena.ofConfined()) {
        return PackedAdapter.of(memory, decoder(model, seed, new ArenaAllocator(arena)));
      }
    };
  }

  static Decoder decoder(TinyModel model, long seed) {
    return decoder(model, seed, model.memory());
  }

  private static Decoder decoder(TinyModel model, long seed, Allocator memory) {
    return model.decoder().withAdapter(shape(model), parameters(model, seed, memory), memory);
  }

  static AdapterShape shape(TinyModel model) {
    return new AdapterShape(
        LinearLayer.modules(model.decoder().config()).stream()
            .collect(
                Collectors.toMap(
                    m -> m, m -> new AdapterShape.Module(3, 0.5f, m.endsWith("o_proj")))),
        Set.of(),
        Map.of(AdapterShape.EMBEDDING, List.of(7, 3, 20)));
  }

  private static ParameterSet parameters(TinyModel model, long seed, Allocator memory) {
    var random = new SplittableRandom(seed);
    var set =
        ParameterSet.allocate(memory, "adapter", shape(model).parameters(model.decoder().config()));
    for (var p : set.parameters()) {
      var values = new float[Math.toIntExact(p.size())];
      for (int i = 0; i < values.length; i++) {
        values[i] = 0.3f * (float) random.nextGaussian();
      }
      set.get(p.name()).copyFrom(values);
    }
    return set;
  }
}
