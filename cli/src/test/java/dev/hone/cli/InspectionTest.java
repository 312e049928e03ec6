package dev.hone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// `hone inspect` on an adapter that was written by hand.
final class InspectionTest {
  @TempDir private Path dir;

  @BeforeEach
  void writeAdapter() throws IOException {
    Files.writeString(
        dir.resolve("adapter_config.json"),
        """
        {"peft_type": "LORA", "base_model_name_or_path": "models/base", "r": 2, "lora_alpha": 4,
         "target_modules": ["q_proj"], "use_rslora": true}
        """);
    var header = new StringBuilder("{");
    for (int layer = 0; layer < 2; layer++) {
      header.append(layer == 0 ? "" : ",");
      header.append(
          "\"base_model.model.model.layers.%d.self_attn.q_proj.lora_A.weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[%d,%d]}"
              .formatted(layer, 24 * layer, 24 * layer + 24));
    }
    var json = header.append("}").toString().getBytes(StandardCharsets.UTF_8);
    var file = ByteBuffer.allocate(8 + json.length + 48).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(json.length).put(json);
    Files.write(dir.resolve("adapter_model.safetensors"), file.array());
  }

  @Test
  void anAdapterIsDescribed() {
    var shell = new TestShell();

    assertEquals(0, shell.hone("inspect", dir.toString()), shell.err());
    var lines = shell.out().lines().map(line -> line.replaceAll("  +", ": ")).toList();
    assertTrue(lines.contains("base: models/base"), shell.out());
    assertTrue(lines.contains("alpha: 4 (rsLoRA)"), shell.out());
    assertTrue(lines.contains("parameters: 12"), shell.out());
    assertTrue(lines.contains("size: 48 bytes"), shell.out());
    assertTrue(lines.contains("proof vectors: none"), shell.out());
    assertTrue(
        shell.out().contains("layers.*.self_attn.q_proj.lora_A.weight  2 × [2, 3] F32"),
        shell.out());
  }

  @Test
  void jsonHasEveryTensor() {
    var shell = new TestShell();

    assertEquals(0, shell.hone("inspect", dir.toString(), "--json"), shell.err());
    var json = JsonMapper.shared().readTree(shell.out());
    assertEquals(2, json.get("rank").asInt());
    assertEquals(12, json.get("parameters").asLong());
    assertEquals(2, json.get("tensors").size());
    assertEquals("[2,3]", json.get("tensors").get(1).get("shape").toString());
  }

  @Test
  void theRunBehindItIsDescribedToo() throws IOException {
    Files.writeString(
        dir.resolve("summary.json"),
        """
        {"method": "lora", "base": "models/base", "steps": 190, "wall_seconds": 83.0, "trained_tokens": 1234,
         "held_out_loss_before": 5.5, "held_out_loss_after": 2.25, "probe_bits_per_byte_before": 2.5,
         "probe_bits_per_byte_after": 2.625}
        """);
    var shell = new TestShell();

    assertEquals(0, shell.hone("inspect", dir.toString()), shell.err());
    assertTrue(shell.out().contains("lora of models/base, 190 steps in 1 m 23 s"), shell.out());
    assertTrue(shell.out().contains("5.5000 before, 2.2500 after"), shell.out());
  }

  @Test
  void aRunThatIsNotFinishedSaysSo(@TempDir Path begun) throws IOException {
    Files.writeString(begun.resolve("run.json"), "{}");
    var shell = new TestShell();

    assertEquals(0, shell.hone("inspect", begun.toString()), shell.err());
    assertTrue(shell.out().contains("--resume goes on"), shell.out());
  }
}
