package dev.hone.model.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.SafetensorsWriter.Entry;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
  private static final String EMBEDDING = "model.embed_tokens.weight";
  private static final String HEAD = "lm_head.weight";
  private static final String TIED =
      TinyCheckpoint.CONFIG.replace(
          "\"tie_word_embeddings\": false", "\"tie_word_embeddings\": true");
  @TempDir Path dir;

  @Test
  void aWholeDirectoryIsRead() throws IOException {
    TinyCheckpoint.write(dir, TinyCheckpoint.CONFIG);
    Files.writeString(
        dir.resolve("generation_config.json"),
        "{\"eos_token_id\": [2, 5], \"temperature\": 0.6, \"top_p\": 0.9, \"top_k\": 50,"
            + " \"do_sample\": true}");
    try (var arena = Arena.ofConfined()) {
      var checkpoint = Checkpoint.open(dir, arena);
      assertEquals(List.of(2, 5), checkpoint.eosTokenIds());
      assertEquals(0.6, checkpoint.generation().temperature().orElseThrow());
      assertEquals(
          300 * 8 * 2 + 8 * 8 * 2 + 4 * 8 * 2 + 3 * 12 * 8 + 3 * 8, checkpoint.parameters());
      assertEquals(
          List.of(12L, 8L),
          checkpoint.tensor("model.layers.0.mlp.up_proj.weight").orElseThrow().shape());
      assertTrue(checkpoint.isF32Mapped(EMBEDDING));
      assertArrayEquals(TinyCheckpoint.values(HEAD, 2400), read(checkpoint, HEAD, 2400));
      assertTrue(checkpoint.tensor("model.layers.0.self_attn.q_proj.bias").isEmpty());
    }
  }

  @Test
  void biasesAreExpectedWhereTheConfigurationHasThem() throws IOException {
    var config =
        TinyCheckpoint.CONFIG.replace(
            "\"tie", "\"attention_bias\": true, \"mlp_bias\": true, \"tie");
    TinyCheckpoint.write(dir, config);
    try (var arena = Arena.ofConfined()) {
      var checkpoint = Checkpoint.open(dir, arena);
      assertEquals(
          List.of(4L),
          checkpoint.tensor("model.layers.0.self_attn.k_proj.bias").orElseThrow().shape());
      assertEquals(
          List.of(8L),
          checkpoint.tensor("model.layers.0.mlp.down_proj.bias").orElseThrow().shape());
    }
  }

  @Test
  void tiedWeightsAreFoundUnderBothNamesWhicheverIsStored() throws IOException {
    for (var stored : List.of(EMBEDDING, HEAD)) {
      TinyCheckpoint.write(dir, TIED);
      writeRenamed(EMBEDDING, stored);
      try (var arena = Arena.ofConfined()) {
        var checkpoint = Checkpoint.open(dir, arena);
        assertArrayEquals(
            TinyCheckpoint.values(EMBEDDING, 2400), read(checkpoint, EMBEDDING, 2400));
        assertArrayEquals(TinyCheckpoint.values(EMBEDDING, 2400), read(checkpoint, HEAD, 2400));
        assertEquals(stored, checkpoint.tensor(HEAD).orElseThrow().name());
        assertEquals(300 * 8 + 8 * 8 * 2 + 4 * 8 * 2 + 3 * 12 * 8 + 3 * 8, checkpoint.parameters());
      }
    }
  }

  @Test
  void anAliasInTheMetadataStandsForTheStoredTensor() throws IOException {
    TinyCheckpoint.write(dir, TinyCheckpoint.CONFIG);
    var entries = new ArrayList<>(TinyCheckpoint.entries(config(), Dtype.F32));
    entries.removeIf(e -> e.name().equals(EMBEDDING));
    SafetensorsWriter.write(
        dir.resolve("model.safetensors"), entries, Map.of("format", "pt", EMBEDDING, HEAD));
    try (var arena = Arena.ofConfined()) {
      var checkpoint = Checkpoint.open(dir, arena);
      assertArrayEquals(TinyCheckpoint.values(HEAD, 2400), read(checkpoint, EMBEDDING, 2400));
    }
  }

  @Test
  void tiedWeightsStoredTwiceMustBeEqual() throws IOException {
    TinyCheckpoint.write(dir, TIED);
    var entries = new ArrayList<>(TinyCheckpoint.entries(config(), Dtype.F32));
    entries.add(TinyCheckpoint.entry(HEAD, Dtype.F32, List.of(300L, 8L)));
    TinyCheckpoint.writeWeights(dir, entries);
    var e = assertThrows(CheckpointException.class, this::open);
    assertTrue(e.getMessage().contains("differ"), e.getMessage());
  }

  @Test
  void leftoverRotaryFrequenciesAreIgnored() throws IOException {
    TinyCheckpoint.write(dir, TinyCheckpoint.CONFIG);
    var entries = new ArrayList<>(TinyCheckpoint.entries(config(), Dtype.BF16));
    entries.add(
        TinyCheckpoint.entry(
            "model.layers.0.self_attn.rotary_emb.inv_freq", Dtype.F32, List.of(2L)));
    TinyCheckpoint.writeWeights(dir, entries);
    open();
  }

  @Test
  void shardsAndOneFileAreTheSameModel() throws IOException {
    var single = dir.resolve("single");
    var sharded = dir.resolve("sharded");
    TinyCheckpoint.write(single, TinyCheckpoint.CONFIG);
    var entries =
        TinyCheckpoint.entries(ModelConfig.read(single.resolve("config.json")), Dtype.F32);
    CheckpointWriter.write(sharded, single, entries, false, 8000);
    assertTrue(Files.exists(sharded.resolve("model-00001-of-00003.safetensors")));
    assertFalse(Files.exists(sharded.resolve("model.safetensors")));
    try (var arena = Arena.ofConfined()) {
      var one = Checkpoint.open(single, arena);
      var many = Checkpoint.open(sharded, arena);
      assertEquals(one.fingerprint(), many.fingerprint());
      for (var name : Checkpoint.expectedTensors(one.config()).keySet()) {
        assertEquals(-1, one.raw(name).mismatch(many.raw(name)), name);
      }
    }
  }

  @Test
  void theFingerprintChangesWithOneBitOfAnyTensor() throws IOException {
    TinyCheckpoint.write(dir, TinyCheckpoint.CONFIG);
    var before = fingerprint();
    assertEquals(before, fingerprint());
    var file = dir.resolve("model.safetensors");
    var bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
    assertNotEquals(before, fingerprint());
  }

  @Test
  void aSampledFingerprintSeesBothEndsOfALargeTensor() throws IOException {
    TinyCheckpoint.write(dir, TinyCheckpoint.CONFIG.replace("300", "30000"));
    var before = sampledFingerprint();
    assertTrue(before.startsWith("sha256-sampled:"), before);
    var file = dir.resolve("model.safetensors");
    var bytes = Files.readAllBytes(file);
    for (int at : new int[] {bytes.length - 1, bytes.length - 30000 * 8 * 4}) {
      bytes[at] ^= 1;
      Files.write(file, bytes);
      assertNotEquals(before, sampledFingerprint());
      bytes[at] ^= 1;
    }
  }

  @Test
  void writingCopiesTheOtherFilesByteForByte() throws IOException {
    var base = dir.resolve("base");
    TinyCheckpoint.write(base, TinyCheckpoint.CONFIG);
    for (var name :
        List.of("generation_config.json", "tokenizer.json", "chat_template.jinja", "LICENSE.txt")) {
      Files.writeString(base.resolve(name), "{ }\n" + name);
    }
    Files.writeString(base.resolve("README.md"), "about the base model");
    var out = dir.resolve("deep/out");
    CheckpointWriter.write(
        out,
        base,
        TinyCheckpoint.entries(ModelConfig.read(base.resolve("config.json")), Dtype.F32),
        false);
    for (var name :
        List.of("config.json", "tokenizer.json", "chat_template.jinja", "LICENSE.txt")) {
      assertEquals(-1, Files.mismatch(base.resolve(name), out.resolve(name)), name);
    }
    assertFalse(Files.exists(out.resolve("README.md")));
    assertEquals(
        -1, Files.mismatch(base.resolve("model.safetensors"), out.resolve("model.safetensors")));
  }

  @Test
  void anotherDtypeIsNotedInTheConfiguration() throws IOException {
    TinyCheckpoint.write(dir.resolve("base"), TinyCheckpoint.CONFIG);
    var out = dir.resolve("out");
    var config = ModelConfig.read(dir.resolve("base/config.json"));
    CheckpointWriter.write(
        out, dir.resolve("base"), TinyCheckpoint.entries(config, Dtype.BF16), false);
    assertEquals("bfloat16", ModelConfig.read(out.resolve("config.json")).torchDtype());
  }

  @Test
  void onlyACheckpointIsOverwrittenAndOnlyWhenAsked() throws IOException {
    TinyCheckpoint.write(dir.resolve("base"), TinyCheckpoint.CONFIG);
    var config = ModelConfig.read(dir.resolve("base/config.json"));
    var entries = TinyCheckpoint.entries(config, Dtype.F32);
    var out = Files.createDirectories(dir.resolve("out"));
    Files.writeString(out.resolve("thesis.txt"), "years of work");
    for (var overwrite : List.of(true, false)) {
      assertThrows(
          UsageException.class,
          () -> CheckpointWriter.write(out, dir.resolve("base"), entries, overwrite));
    }
    assertEquals("years of work", Files.readString(out.resolve("thesis.txt")));
    Files.move(out.resolve("thesis.txt"), out.resolve("config.json"));
    CheckpointWriter.write(out, dir.resolve("base"), entries, true);
    assertEquals(config, ModelConfig.read(out.resolve("config.json")));
    assertEquals(List.of("base", "out"), names(dir));
  }

  @Test
  void aFailureWhileWritingLeavesNoDirectory() throws IOException {
    TinyCheckpoint.write(dir.resolve("base"), TinyCheckpoint.CONFIG);
    var bad =
        Entry.ofF32(
            "x",
            Dtype.F32,
            List.of(1L),
            () -> {
              throw new IOException("No space left on device");
            });
    var e =
        assertThrows(
            CheckpointException.class,
            () ->
                CheckpointWriter.write(
                    dir.resolve("out"), dir.resolve("base"), List.of(bad), false));
    assertTrue(e.getMessage().contains("No space left on device"), e.getMessage());
    assertEquals(List.of("base"), names(dir));
  }

  private void writeRenamed(String from, String to) throws IOException {
    var entries =
        TinyCheckpoint.entries(config(), Dtype.F32).stream()
            .map(e -> e.name().equals(from) ? Entry.ofF32(to, e.dtype(), e.shape(), e.data()) : e)
            .toList();
    TinyCheckpoint.writeWeights(dir, entries);
  }

  private ModelConfig config() throws IOException {
    return ModelConfig.read(dir.resolve("config.json"));
  }

  private void open() throws IOException {
    try (var arena = Arena.ofConfined()) {
      Checkpoint.open(dir, arena);
    }
  }

  private String fingerprint() throws IOException {
    try (var arena = Arena.ofConfined()) {
      return Checkpoint.open(dir, arena).fingerprint();
    }
  }

  private String sampledFingerprint() throws IOException {
    try (var arena = Arena.ofConfined()) {
      var weights = Weights.open(dir, Checkpoint.open(dir, arena).config(), arena);
      return Fingerprint.of(dir.resolve("config.json"), weights, 1);
    }
  }

  private static float[] read(Checkpoint checkpoint, String name, int n) throws IOException {
    try (var arena = Arena.ofConfined()) {
      var dst = arena.allocate(4L * n, 4);
      checkpoint.readF32(name, dst);
      return dst.toArray(ValueLayout.JAVA_FLOAT);
    }
  }

  private static List<String> names(Path dir) throws IOException {
    try (var files = Files.list(dir)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }
}
