package dev.hone.server.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import dev.hone.model.chat.ModelHost;
import dev.hone.server.state.State;
import dev.hone.server.state.StateSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// With adapters that tools/parity/peft_interop.py had PEFT write.
class ModelNamesTest {
  private static final Path GOLDEN =
      Path.of("../model/src/test/resources/golden/peft").toAbsolutePath().normalize();

  @TempDir Path dir;

  @Test
  void anAdapterThatCannotBeServedIsRefusedAtTheStart() throws IOException {
    try (var state = State.open(StateSettings.sqlite(dir));
        var host = ModelHost.open("tiny", GOLDEN.resolve("base"), 64, 1)) {
      var dora = GOLDEN.resolve("dora");
      var names = ModelNames.of(host, List.of(dora), state.models(), List.of());
      assertEquals("dora", names.find("tenant", "dora").name());
      var both = List.of(dora, GOLDEN.resolve("saved"));
      var refused =
          assertThrows(
              UsageException.class, () -> ModelNames.of(host, both, state.models(), List.of()));
      assertTrue(refused.getMessage().contains("has modules_to_save"), refused.getMessage());
    }
  }
}
