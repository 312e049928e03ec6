package dev.hone.model.serve;

import dev.hone.model.UsageException;
import dev.hone.model.adapter.PeftAdapter;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.decoder.Decoder;
import dev.hone.model.decoder.PackedAdapter;
import dev.hone.tensor.Allocator;
import dev.hone.tensor.ArenaAllocator;
import java.lang.foreign.Arena;
import java.nio.file.Path;

/// Where an adapter's weights come from, each time that they are needed again.
@FunctionalInterface
public interface AdapterSource {
  /// Brings the weights into memory.
  ///
  /// @throws CheckpointException when they cannot be read
  PackedAdapter load(Allocator memory) throws CheckpointException;

  /// Refuses a directory whose adapter cannot be used beside others.
  ///
  /// @throws UsageException when it brings modules of its own, or is not one that Hone supports
  static void requireShareable(Path dir) throws CheckpointException {
    var saved = PeftAdapter.config(dir).lora().saved().names();
    if (!saved.isEmpty()) {
      throw new UsageException(
          "%s: has modules_to_save (%s), and adapters that are served together share the base's"
              .formatted(dir, String.join(", ", saved)),
          "make a model of it with hone merge, and serve that");
    }
  }

  /// A directory in PEFT's layout. It is not proven to fit the base: who adds it has seen to that.
  ///
  /// @param base without adapter
  static AdapterSource of(Path dir, Decoder base) {
    return memory -> {
      requireShareable(dir);
      try (var arena = Arena.ofConfined()) {
        var own = new ArenaAllocator(arena);
        return PackedAdapter.of(memory, PeftAdapter.read(dir, base.config(), own).on(base, own));
      }
    };
  }
}
