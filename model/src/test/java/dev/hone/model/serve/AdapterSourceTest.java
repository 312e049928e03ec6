package dev.hone.model.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.Checkpoint;
import dev.hone.model.decoder.BaseDtype;
import dev.hone.model.decoder.BaseWeights;
import dev.hone.model.decoder.Decoder;
import dev.hone.tensor.ArenaAllocator;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// Adapters that tools/parity/peft_interop.py had PEFT write.
class AdapterSourceTest {
  @Test
  void anAdapterWithModulesOfItsOwnIsRefusedByName() throws IOException {
    try (var arena = Arena.ofShared()) {
      var memory = new ArenaAllocator(arena);
      var checkpoint = Checkpoint.open(golden("base"), arena);
      var weights = BaseWeights.load(checkpoint, BaseDtype.FLOAT32, memory);
      var base = Decoder.of(checkpoint.config(), weights, memory, 64);
      assertFalse(AdapterSource.of(golden("dora"), base).load(memory).isEmpty());
      var refused =
          assertThrows(
              UsageException.class, () -> AdapterSource.of(golden("saved"), base).load(memory));
      assertEquals(
          golden("saved")
              + ": has modules_to_save (embed_tokens, norm, model.embed_tokens), and adapters that"
              + " are served together share the base's",
          refused.getMessage());
      assertEquals("make a model of it with hone merge, and serve that", refused.hint());
    }
  }

  private static Path golden(String name) {
    try {
      return Path.of(AdapterSourceTest.class.getResource("/golden/peft/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
