package dev.hone.model.decoder;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.checkpoint.Checkpoint;
import dev.hone.model.checkpoint.TinyCheckpoint;
import dev.hone.tensor.ArenaAllocator;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BaseWeightsTest {
  @TempDir Path dir;

  @ParameterizedTest
  @EnumSource(
      value = BaseDtype.class,
      names = {"FLOAT32", "BFLOAT16", "INT8"})
  void whatWasCopiedDoesNotStayInMemoryTwice(BaseDtype dtype) throws IOException {
    TinyCheckpoint.write(dir, TinyCheckpoint.CONFIG.replace("300", "100000"));
    try (var arena = Arena.ofConfined()) {
      var checkpoint = Checkpoint.open(dir, arena);
      BaseWeights.load(checkpoint, dtype, new ArenaAllocator(arena));
      checkpoint.fingerprint(); // reads all of it once more
      long resident = resident(dir.resolve("model.safetensors"));
      assertTrue(resident < 512, resident + " of 6,000 kB");
    }
  }

  /// Kilobytes of a mapped file that lie in the process's memory, as Linux says; other systems
  /// don't.
  private static long resident(Path file) throws IOException {
    var maps = Path.of("/proc/self/smaps");
    if (Files.notExists(maps)) {
      return 0;
    }
    var lines = Files.readAllLines(maps);
    int mapping = 0;
    while (!lines.get(mapping).endsWith(file.toString())) {
      mapping++;
    }
    while (!lines.get(mapping).startsWith("Rss:")) {
      mapping++;
    }
    return Long.parseLong(lines.get(mapping).replaceAll("\\D", ""));
  }
}
