package dev.hone.model.serve;

import dev.hone.model.UsageException;
import dev.hone.model.adapter.PeftAdapter;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.decoder.AdapterShape;
import dev.hone.model.decoder.Decoder;
import dev.hone.model.decoder.PackedAdapter;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.ArenaAllocator;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.TreeSet;

/// Where an adapter's weights come from, each time that they are needed again.
@FunctionalInterface
public interface AdapterSource {
  /// Brings the weights into memory.
  ///
  /// @throws CheckpointException when they cannot be read
  PackedAdapter load(Allocator memory) throws CheckpointException;

  private static void refuseSaved(Path dir, AdapterShape shape) {
    if (!shape.saved().isEmpty()) {
      throw new UsageException(
          "%s: brings %s of its own, and adapters that are served together share the base's"
              .formatted(dir, String.join(", ", new TreeSet<>(shape.saved()))),
          "make a model of it with hone merge, and serve that");
    }
  }

  /// A directory in PEFT's layout. It is not proven to fit the base: who adds it has seen to that.
  ///
  /// @param base without adapter
  static AdapterSource of(Path dir, Decoder base) {
    return memory -> {
      try (var arena = Arena.ofConfined()) {
        var own = new ArenaAllocator(arena);
        var read = PeftAdapter.read(dir, base.config(), own);
        refuseSaved(dir, read.shape());
        return PackedAdapter.of(memory, read.on(base, own));
      }
    };
  }
}
