package dev.hone.model.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.checkpoint.Checkpoint;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.checkpoint.CheckpointWriter;
import dev.hone.model.checkpoint.Dtype;
import dev.hone.model.checkpoint.SafetensorsFile;
import dev.hone.model.checkpoint.SafetensorsWriter;
import dev.hone.testkit.Golden;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Phi-3's files, in which q, k and v are one matrix, and gate and up another.
class FusedFilesTest {
  private final Golden golden = Golden.load("families/phi3");
  private final Arena arena = Arena.ofShared();
  @TempDir private Path dir;
  private Path base;

  @BeforeEach
  void write() throws IOException {
    base = Files.createDirectory(dir.resolve("base"));
    Files.writeString(base.resolve("config.json"), golden.metadata().get("config"));
    var entries = new ArrayList<SafetensorsWriter.Entry>();
    for (var name : golden.names()) {
      if (name.startsWith("w.")) {
        var shape = Arrays.stream(golden.shape(name)).boxed().toList();
        entries.add(
            SafetensorsWriter.Entry.ofF32(
                name.substring(2),
                Dtype.F32,
                shape,
                () -> MemorySegment.ofArray(golden.f32(name))));
      }
    }
    SafetensorsWriter.write(base.resolve("model.safetensors"), entries, Map.of());
  }

  @Test
  void partsAreRowsOfWhatIsStored() throws IOException {
    var checkpoint = Checkpoint.open(base, arena);
    var fused = golden.f32("w.model.layers.1.self_attn.qkv_proj.weight");
    var k = arena.allocate(4L * 16 * 32, 4);
    checkpoint.readF32("model.layers.1.self_attn.k_proj.weight", k);
    assertArrayEquals(
        Arrays.copyOfRange(fused, 32 * 32, 48 * 32),
        k.toArray(java.lang.foreign.ValueLayout.JAVA_FLOAT));
  }

  @Test
  void whatIsWrittenIsFusedAgain() throws IOException {
    var out = dir.resolve("copy");
    CheckpointWriter.copy(Checkpoint.open(base, arena), Dtype.F32, out);
    var was = SafetensorsFile.open(base.resolve("model.safetensors"), arena);
    var is = SafetensorsFile.open(out.resolve("model.safetensors"), arena);
    assertEquals(new java.util.TreeSet<>(was.names()), new java.util.TreeSet<>(is.names()));
    for (var name : was.names()) assertEquals(-1, was.raw(name).mismatch(is.raw(name)), name);
  }

  @Test
  void aMatrixOfOtherRowsIsRefusedByItsName() throws IOException {
    var config = Files.readString(base.resolve("config.json"));
    Files.writeString(
        base.resolve("config.json"),
        config.replace("\"num_key_value_heads\": 2", "\"num_key_value_heads\": 4"));
    var refused =
        assertThrows(CheckpointException.class, () -> Checkpoint.open(base, arena)).getMessage();
    assertTrue(refused.contains("q_proj") || refused.contains("qkv_proj"), refused);
  }
}
